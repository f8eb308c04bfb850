%% The process that gets the messages of a trace: applies the limits of enit_trace:request(), and passes them on.
-module(enit_trace_tracer).

-export([run/5]).

%% How many names may be looked up at once, and are remembered.
-define(MAX_ASKED, 1000).
-define(MAX_NAMES, 10000).

%% How long it waits for who takes none, in milliseconds, until it looks again.
-define(LOOK_AGAIN, 5).

%% Sets the trace that the owner sends, and runs until a limit is met, the owner says finish, or is gone. Ends with
%% {done, Reason, Messages}.
-spec run(Owner :: pid(), Client :: pid(), Namer :: pid(), Asked :: counters:counters_ref(), map()) -> no_return() | ok.
run(Owner, Client, Namer, Asked, Request) ->
    Monitor = monitor(process, Owner),
    receive
        {trace, Trace} ->
            Owner ! {self(), enit_trace_vm:set(Trace)},
            {Count, Span} =
                case maps:get(rate, Request) of
                    infinity -> {infinity, 0};
                    Rate -> Rate
                end,
            loop(Request#{monitor => Monitor, trace => Trace, client => Client, namer => Namer, asked => Asked,
                          names => #{}, sent => 0, taken => 0, rate => Count, span => Span,
                          since => erlang:monotonic_time(millisecond), passed => 0});
        {'DOWN', Monitor, process, Owner, _} ->
            ok
    end.

loop(#{sent := Sent, messages := Limit}) when Sent >= Limit ->
    exit({done, msg_count, Sent});
loop(#{monitor := Monitor, sent := Sent} = State) ->
    check_queue(State),
    receive
        Traced when element(1, Traced) =:= trace_ts ->
            Message = without_dump(Traced),
            check_size(Message, State),
            Next = pass(Message, ask_names(Message, check_rate(State))),
            loop(Next#{sent := Sent + 1});
        {ack, Taken} ->
            loop(State#{taken := Taken});
        {finish, Reason} ->
            exit({done, Reason, Sent});
        {'DOWN', Monitor, process, _, _} ->
            enit_trace_vm:clear(maps:get(trace, State));
        _ ->
            loop(State)
    end.

check_queue(#{queue := Limit, sent := Sent}) ->
    case process_info(self(), message_queue_len) of
        {_, Length} when Length > Limit -> exit({done, {msg_queue, Length}, Sent});
        _ -> ok
    end.

%% As many messages as the queue may hold are on their way at once. Who takes none stops the trace, by the queue. Gives the
%% state, with what was taken meanwhile.
pass(Message, #{client := Client, sent := Sent, taken := Taken, queue := Limit} = State) when Sent - Taken < Limit ->
    case erlang:send(Client, {enit_trace, message, Message}, [nosuspend, noconnect]) of
        ok -> State;
        nosuspend -> wait(Message, State);
        noconnect -> exit({done, nodedown, Sent})
    end;
pass(Message, State) ->
    wait(Message, State).

%% Nothing tells when a connection takes messages again, nor that more and more wait: it is looked every few milliseconds.
wait(Message, #{monitor := Monitor, trace := Trace, sent := Sent} = State) ->
    check_queue(State),
    receive
        {ack, Taken} -> pass(Message, State#{taken := Taken});
        {finish, Reason} -> exit({done, Reason, Sent});
        {'DOWN', Monitor, process, _, _} -> enit_trace_vm:clear(Trace), exit(normal)
    after ?LOOK_AGAIN ->
        pass(Message, State)
    end.

%% The stack on OTP 25 is the text of the whole process: of that, the functions that it will return to are kept.
without_dump({trace_ts, Pid, call, Call, Dump, Time}) when is_binary(Dump) ->
    Places = [At + Length || {At, Length} <- binary:matches(Dump, <<" Return addr ">>)],
    {trace_ts, Pid, call, Call, [Frame || At <- Places, Frame <- frame(Dump, At)], Time};
without_dump(Message) ->
    Message.

%% 0x00007f89ecb1c010 (erl_eval:do_apply/7 + 592)
frame(Dump, At) ->
    case re:run(binary:part(Dump, At, min(1000, byte_size(Dump) - At)),
                "^0x[0-9a-f]+ \\((.+/[0-9]+) \\+ [0-9]+\\)", [{capture, all_but_first, binary}]) of
        {match, [Call]} -> [Call];
        nomatch -> []
    end.

%% More than so many messages in so many milliseconds stop the trace.
check_rate(#{rate := infinity} = State) ->
    State;
check_rate(#{rate := Limit, span := Span, since := Since, passed := Passed, sent := Sent} = State) ->
    Now = erlang:monotonic_time(millisecond),
    if
        Now - Since >= Span -> State#{since := Now, passed := 1};
        Passed >= Limit -> exit({done, {rate, Limit, Span}, Sent});
        true -> State#{passed := Passed + 1}
    end.

%% The external format has at least a byte for each element and each byte, so that most messages are not looked into.
check_size(Message, #{size := Limit, sent := Sent}) ->
    case erlang:external_size(Message) of
        Size when Size =< Limit ->
            ok;
        Size ->
            case too_large(Message, Limit) of
                false when Size > 16 * Limit -> exit({done, {arg_size, Size}, Sent});
                false -> ok;
                Reason -> exit({done, Reason, Sent})
            end
    end.

too_large([_ | _] = List, Limit) ->
    case count(List, 0, Limit) of
        Length when Length >= Limit -> {arg_length, Length};
        _ -> any_too_large(List, Limit)
    end;
too_large(Tuple, Limit) when is_tuple(Tuple) ->
    any_too_large(tuple_to_list(Tuple), Limit);
too_large(Map, Limit) when is_map(Map) ->
    case map_size(Map) of
        Size when Size >= Limit -> {arg_length, Size};
        _ -> any_too_large(maps:to_list(Map), Limit)
    end;
too_large(Bits, Limit) when is_bitstring(Bits), byte_size(Bits) > Limit ->
    {arg_size, byte_size(Bits)};
too_large(_, _) ->
    false.

any_too_large([First | Rest], Limit) ->
    case too_large(First, Limit) of
        false -> any_too_large(Rest, Limit);
        Reason -> Reason
    end;
any_too_large([], _) ->
    false;
any_too_large(Tail, Limit) ->
    too_large(Tail, Limit).

%% Of improper lists as well.
count([_ | Rest], Count, Limit) when Count < Limit -> count(Rest, Count + 1, Limit);
count(_, Count, _) -> Count.

ask_names(Message, State) ->
    Asked = ask_name(element(2, Message), State),
    case element(3, Message) of
        send -> ask_name(element(5, Message), Asked);
        send_to_non_existing_process -> ask_name(element(5, Message), Asked);
        _ -> Asked
    end.

ask_name(Pid, #{names := Names, namer := Namer, asked := Asked, client := Client} = State)
  when is_pid(Pid), not is_map_key(Pid, Names) ->
    case counters:get(Asked, 1) < ?MAX_ASKED of
        true ->
            counters:add(Asked, 1, 1),
            Namer ! {name, Pid};
        false ->
            _ = erlang:send(Client, {enit_trace, name, Pid, unknown}, [nosuspend, noconnect])
    end,
    State#{names := if map_size(Names) < ?MAX_NAMES -> Names#{Pid => []}; true -> #{Pid => []} end};
ask_name(_, State) ->
    State.
