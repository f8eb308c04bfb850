%% What file:consult says of texts, for the tests of src/term/text.
-module(consult).
-export([texts/2, strings/1, files/1]).

%% Reads each text (a binary) as the file named.
texts(File, Texts) ->
    [begin ok = file:write_file(File, Text), read(File) end || Text <- Texts].

%% Reads each text with what file:consult is made of, without a file: ten times as fast.
strings(Texts) -> [string(Text) || Text <- Texts].

string(Text) ->
    try scan([], unicode:characters_to_list(Text), 1, [])
    catch error:_ -> {error, 0, none}
    end.

scan(Continuation, Chars, Line, Terms) ->
    case erl_scan:tokens(Continuation, Chars, Line) of
        {done, {ok, Tokens, End}, Rest} ->
            case erl_parse:parse_term(Tokens) of
                {ok, Term} -> scan([], Rest, End, [Term | Terms]);
                {error, {At, Module, _}} -> {error, At, Module}
            end;
        {done, {eof, _}, _} -> {ok, term_to_binary(lists:reverse(Terms))};
        {done, {error, {At, Module, _}, _}, _} -> {error, At, Module};
        {more, More} -> scan(More, eof, Line, Terms)
    end.

files(Files) -> [read(File) || File <- Files].

read(File) ->
    case file:consult(File) of
        {ok, Terms} -> {ok, term_to_binary(Terms)};
        {error, {Line, Module, _}} when is_integer(Line) -> {error, Line, Module};
        %% OTP 28 and 29 have no message for what a float with a base may lack.
        {error, _} -> {error, 0, none}
    end.
