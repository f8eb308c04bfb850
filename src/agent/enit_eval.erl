%% Evaluates expressions for `enit eval`. Called by rpc, so what they print goes to the caller.
-module(enit_eval).

-export([expressions/1]).

-type result() ::
        {ok, term()}
      | {syntax, Line :: pos_integer(), Column :: pos_integer(), Text :: binary()}
      | {exception, error | exit | throw, Reason :: term(), Printed :: binary()}.

%% Text is UTF-8; the dot at its end may be left out. There are no bindings.
-spec expressions(Text :: binary()) -> result().
expressions(Text) ->
    case parse(unicode:characters_to_list(Text)) of
        {ok, Expressions} ->
            evaluate(Expressions);
        {error, {{Line, Column}, Module, Reason}} ->
            {syntax, Line, Column, unicode:characters_to_binary(Module:format_error(Reason))}
    end.

parse(Text) ->
    case erl_scan:string(Text, {1, 1}) of
        {ok, Tokens, End} -> erl_parse:parse_exprs(with_dot(Tokens, End));
        {error, Info, _End} -> {error, Info}
    end.

with_dot(Tokens, End) ->
    case lists:reverse(Tokens) of
        [{dot, _} | _] -> Tokens;
        Reversed -> lists:reverse(Reversed, [{dot, End}])
    end.

evaluate(Expressions) ->
    try erl_eval:exprs(Expressions, erl_eval:new_bindings()) of
        {value, Value, _Bindings} -> {ok, Value}
    catch
        Class:Reason:Stack ->
            Called = lists:takewhile(fun is_called/1, Stack),
            Printed = erl_error:format_exception(Class, in_words(Reason), Called),
            {exception, Class, Reason, unicode:characters_to_binary(Printed)}
    end.

%% OTP has words for the reason that it gave for this before.
in_words({unbound_var, Name}) -> {unbound, Name};
in_words(Reason) -> Reason.

%% Below what the expressions call are the evaluator, this module and rpc.
is_called({Module, _Function, _Arguments, _Location}) ->
    Module =/= erl_eval andalso Module =/= ?MODULE.
