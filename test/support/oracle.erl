%% Answers the requests of a test (see oracle.ts) on the file descriptors 0 and 1, until 0 ends.
%% A frame is a length in 4 bytes, big-endian, and that many bytes.
%%   request:  an expression in UTF-8, NUL, the bytes that the expression sees as the variable Bytes;
%%             if they are in the external format, it sees the term as Input
%%   answer:   $o and the value in the external format, or $x and a description of the exception in UTF-8
-module(oracle).
-export([start/0]).

start() -> spawn(fun init/0).

init() ->
    process_flag(trap_exit, true),
    %% What an expression prints must not get between the frames.
    group_leader(whereis(standard_error), self()),
    Port = open_port({fd, 0, 1}, [{packet, 4}, binary, eof]),
    case init:notify_when_started(self()) of
        started -> ok;
        ok -> receive {init, started} -> ok end
    end,
    port_command(Port, [$o, term_to_binary({node(), os:getpid()})]),
    loop(Port).

loop(Port) ->
    receive
        {Port, {data, Request}} ->
            port_command(Port, answer(Request)),
            loop(Port);
        {Port, eof} -> halt(0);
        {'EXIT', Port, _} -> halt(0);
        _ -> loop(Port)
    end.

answer(Request) ->
    [Text, Bytes] = binary:split(Request, <<0>>),
    try [$o, term_to_binary(evaluate(Text, Bytes))]
    catch
        Class:Reason ->
            [$x, unicode:characters_to_binary(io_lib:format("~0tp:~0tp", [Class, Reason]))]
    end.

evaluate(Text, Bytes) ->
    {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Text)),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens ++ [{dot, 1}]),
    {value, Value, _} = erl_eval:exprs(Expressions, bindings(Bytes)),
    Value.

bindings(<<131, _/binary>> = Bytes) ->
    try [{'Bytes', Bytes}, {'Input', binary_to_term(Bytes)}]
    catch error:badarg -> [{'Bytes', Bytes}]
    end;
bindings(Bytes) -> [{'Bytes', Bytes}].
