%% Traces itself by enit_trace, and looks at what is set in the VM while it does and when it is over.
-module(traced).
-export([run/2, run/3, state/0, refused/1, beside/1, late/1, killed/1]).
-export([work/1, add/2, fail/1, big/1, deep/1]).

%% How a trace went: {Reason, Started, Events, During, After}. Events are {call, {M, F, Args}} and the like. Work is
%% done in this process while it is traced; it gives {stop, owner}, {kill, Whom}, or anything else if the trace ends by
%% itself.
run(Request, Work) -> run(Request, Work, ack).

run(Request, Work, Ack) ->
    Client = spawn(fun() -> collect(Ack, [], []) end),
    {ok, #{owner := Owner, tracer := Tracer} = Started, _} = enit_trace:start(Client, request(Request), []),
    Monitors = [monitor(process, Pid) || Pid <- [Owner, Tracer]],
    Client ! {tracer, Tracer},
    During = state(),
    case Work() of
        {stop, owner} -> Owner ! stop;
        {kill, owner} -> exit(Owner, kill);
        {kill, tracer} -> exit(Tracer, kill);
        {kill, client} -> exit(Client, kill);
        _ -> ok
    end,
    [receive {'DOWN', Monitor, _, _, _} -> ok end || Monitor <- Monitors],
    After = state(),
    {Reason, Events} = collected(Client),
    {Reason, maps:with([processes, functions], Started), Events, During, After}.

request(Request) ->
    Patterns = [case Pattern of
                    {Function, Spec} -> {?MODULE, Function, '_', local, Spec, []};
                    _ -> Pattern
                end || Pattern <- maps:get(patterns, Request, [])],
    maps:merge(#{flags => [call, timestamp], processes => [self()], load => false, time => infinity,
                 messages => infinity, rate => infinity, queue => 5000, size => 50000},
               Request#{patterns => Patterns}).

refused(Request) -> enit_trace:start(self(), request(Request), []).

%% Another tracer is at work: what it got of two calls, what became of the trace, what is set at the end.
beside(Request) ->
    Foreign = spawn(fun() -> foreign([]) end),
    Self = self(),
    erlang:trace(Self, true, [call, {tracer, Foreign}]),
    erlang:trace_pattern({?MODULE, add, 2}, true, [local]),
    add(1, 2),
    Answer = try run(Request, fun() -> add(3, 4), {stop, owner} end)
             catch error:{badmatch, {error, {foreign_tracer, Foreign, Name}}} -> {foreign_tracer, Name}
             end,
    add(5, 6),
    Flags = erlang:trace_info(Self, flags),
    Traced = erlang:trace_info({?MODULE, add, 2}, traced),
    erlang:trace(Self, false, [call]),
    erlang:trace_pattern({?MODULE, add, 2}, false, [local]),
    Delivered = erlang:trace_delivered(Self),
    receive {trace_delivered, Self, Delivered} -> ok end,
    Foreign ! {calls, Self},
    receive {Foreign, Calls} -> {Answer, Calls, Flags, Traced} end.

foreign(Calls) ->
    receive
        {trace, _, call, {_, _, Arguments}} -> foreign([Arguments | Calls]);
        {calls, From} -> From ! {self(), lists:reverse(Calls)}
    end.

%% Ten messages may be on their way, and are taken when an eleventh waits: why the trace ended, and how many were passed on,
%% of sixteen.
late(Request) ->
    {ok, #{owner := Owner, tracer := Tracer}, _} = enit_trace:start(self(), request(Request#{queue => 10}), []),
    work(10),
    taken(10),
    work(1),
    Tracer ! {ack, 10},
    taken(1),
    work(5),
    Owner ! stop,
    receive {enit_trace, name, _, _} -> ok end,
    receive {enit_trace, done, Reason, Count, _} -> taken(Count - 11), {Reason, Count} end.

taken(Count) -> [receive {enit_trace, message, _} -> ok end || _ <- lists:seq(1, Count)].

%% What is set while a trace runs, and when enit_trace:run/2 is over because owner and tracer were killed at once.
killed(Request) ->
    Traced = request(Request),
    Self = self(),
    Client = spawn(fun() -> receive {enit_trace, started, Started} -> Self ! Started end, receive stop -> ok end end),
    {Runner, Monitor} = spawn_monitor(fun() -> enit_trace:run(Client, Traced) end),
    Pids = receive #{owner := Owner, tracer := Tracer} -> [Owner, Tracer] end,
    During = state(),
    [exit(Pid, kill) || Pid <- Pids],
    receive {'DOWN', Monitor, process, Runner, normal} -> ok end,
    Client ! stop,
    {During, state()}.

%% What is traced by anybody: sessions besides the one that is always there, processes, new processes, functions.
state() ->
    case erlang:function_exported(trace, session_info, 1) of
        true ->
            %% The VM cleans up processes behind the end of a session.
            Sessions = trace:session_info(all) -- [{legacy, default}],
            {length(Sessions), length([Pid || Pid <- processes(), [_ | _] = Its <- [trace:session_info(Pid)],
                                              Session <- Its, lists:member(Session, Sessions)])};
        false ->
            {length([Pid || Pid <- [new_processes | processes()], traces(Pid)]),
             length([F || {F, A} <- ?MODULE:module_info(functions), is_set({?MODULE, F, A})])}
    end.

traces(Pid) ->
    try erlang:trace_info(Pid, flags) of
        {flags, [_ | _]} -> true;
        _ -> false
    catch
        error:badarg -> false % It has just ended.
    end.

is_set(Function) ->
    case erlang:trace_info(Function, all) of
        {all, false} -> false;
        {all, _} -> true
    end.

collect(Ack, Events, Names) ->
    receive
        {tracer, Tracer} ->
            [Tracer ! {ack, length(Events)} || Ack =:= ack],
            put(tracer, Tracer),
            collect(Ack, Events, Names);
        {enit_trace, message, Message} ->
            [Tracer ! {ack, length(Events) + 1} || Ack =:= ack, Tracer <- [get(tracer)], Tracer =/= undefined],
            collect(Ack, [event(Message) | Events], Names);
        {enit_trace, name, Pid, Name} ->
            collect(Ack, Events, [{Pid, Name} | Names]);
        {enit_trace, done, Reason, Count, Counters} ->
            done({Reason, Count, Counters}, Events);
        {give, From} ->
            From ! {self(), {none, lists:reverse(Events)}}
    end.

done(Reason, Events) ->
    receive {give, From} -> From ! {self(), {Reason, lists:reverse(Events)}} end.

collected(Client) ->
    Monitor = monitor(process, Client),
    Client ! {give, self()},
    receive
        {Client, Collected} -> Collected;
        {'DOWN', Monitor, _, _, _} -> {killed, []}
    end.

event(Message) ->
    [trace_ts, Pid, Event | Rest] = tuple_to_list(Message),
    true = is_pid(Pid),
    list_to_tuple([Event | lists:droplast(Rest)]).

%% Calls that are traced.
work(Count) -> [add(N, N) || N <- lists:seq(1, Count)].

add(A, B) -> A + B.

fail(Reason) -> error(Reason).

big(Term) -> Term.

%% A call by a function that will go on, with a large state.
deep(State) -> {big(x), length(State)}.
