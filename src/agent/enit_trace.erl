%% Traces for `enit trace`: sets what a request asks for, sends what is traced to a process of enit's, and takes
%% back what it set, whoever ends first: enit, its connection, a limit, or one of the three processes here.
%%
%% - the owner sets and clears the trace; it waits for the end, and never for a process that is traced
%% - the tracer gets the trace messages, applies the limits and passes them on; it is cheap, and its queue is looked at
%% - the namer finds out how processes are called, which may have to wait for them
%%
%% Owner and tracer watch each other, and run/2 watches both, so that killing one of them or both leaves nothing traced.
-module(enit_trace).

-export([run/2, start/3, fields/2]).

%% Times in milliseconds. `queue`: messages waiting for the tracer, and for enit; `size`: elements of a list, bytes
%% of a binary.
-type request() ::
        #{patterns := [enit_trace_plan:pattern()],
          flags := [call | send | 'receive' | timestamp | arity],
          processes := [all | new | existing | {name, atom()} | pid()],
          load := boolean(),
          time := timeout(),
          messages := pos_integer() | infinity,
          rate := {pos_integer(), pos_integer()} | infinity,
          queue := pos_integer(),
          size := pos_integer()}.

-type started() :: #{owner := pid(), tracer := pid(), processes := non_neg_integer(), functions := non_neg_integer()}.

%% How long the last names are waited for, and a tracer whose messages nobody takes.
-define(NAMES_TIME, 1000).
-define(FINISH_TIME, 5000).

%% Runs a trace whose messages go to Client:
%% {enit_trace, started, Started}, {enit_trace, message, Message}, {enit_trace, name, Pid, Name}, and at last
%% {enit_trace, done, Reason, Messages, [{{M, F, A}, Calls, Microseconds}]}, unless the owner is killed.
%% The owner is told to stop by `stop`, the tracer by {ack, Count} how many messages were taken in all.
-spec run(Client :: pid(), request()) -> ok | {error, term()}.
run(Client, Request) ->
    case start(Client, Request, [self() | carriers(node(Client))]) of
        {ok, #{tracer := Tracer} = Started, {Owning, Trace}} ->
            Tracing = monitor(process, Tracer),
            Client ! {enit_trace, started, Started},
            outlast(Owning, Tracing, Trace);
        {error, _} = Error ->
            Error
    end.

%% An owner that was not killed has cleared the trace, and so has a tracer that saw its owner killed.
outlast(Owning, Tracing, Trace) ->
    receive
        {'DOWN', Owning, process, _, normal} ->
            ok;
        {'DOWN', Owning, process, _, _} ->
            receive
                {'DOWN', Tracing, process, _, normal} -> ok;
                {'DOWN', Tracing, process, _, _} -> enit_trace_vm:clear(Trace)
            end
    end.

%% What carries our messages to a node: to trace that would bring forth more of them. Over TLS these are processes.
carriers(Node) ->
    try ets:lookup(sys_dist, Node) of
        Connections ->
            Direct = [Pid || Connection <- Connections, Pid <- tuple_to_list(Connection), is_pid(Pid)],
            Linked = [Other || Pid <- Direct, {links, Links} <- [process_info(Pid, links)], Other <- Links,
                               is_pid(Other), process_info(Other, registered_name) =:= []],
            lists:usort(Direct ++ Linked)
    catch
        error:badarg -> []
    end.

%% The same, without waiting for the end, of which the monitor tells. The processes of Own are not traced.
-spec start(Client :: pid(), request(), Own :: [pid()]) ->
          {ok, started(), {OwnerMonitor :: reference(), enit_trace_vm:trace()}} | {error, term()}.
start(Client, Request, Own) ->
    case enit_trace_plan:prepare(Request) of
        {ok, Plan} ->
            Caller = self(),
            Tag = make_ref(),
            {Owner, Monitor} = spawn_opt(fun() -> own(Caller, Tag, Client, Plan#{own => Own}, Request) end,
                                         [monitor, {priority, high}]),
            receive
                {Tag, {ok, Started, Trace}} -> {ok, Started, {Monitor, Trace}};
                {Tag, {error, _} = Error} -> demonitor(Monitor, [flush]), Error;
                {'DOWN', Monitor, process, Owner, Reason} -> {error, {crashed, Reason}}
            end;
        {error, _} = Error ->
            Error
    end.

-spec fields(module(), Record :: atom()) -> {ok, [atom()]} | {error, no_module | no_debug_info | {no_record, [atom()]}}.
fields(Module, Record) -> enit_trace_plan:fields(Module, Record).

own(Caller, Tag, Client, #{own := Own} = Plan, Request) ->
    _ = monitor(process, Client),
    Owner = self(),
    Asked = counters:new(1, []),
    Namer = spawn_link(fun() -> name(Client, Asked) end),
    {Tracer, Monitor} = spawn_opt(fun() -> enit_trace_tracer:run(Owner, Client, Namer, Asked, Request) end,
                                  [monitor, {priority, high}, {message_queue_data, off_heap}]),
    case enit_trace_vm:open(Tracer, Plan#{own => [Owner, Namer | Own]}) of
        {ok, Trace} ->
            case set(Trace, Tracer, Monitor) of
                {ok, Counts} ->
                    Timer = start_timer(maps:get(time, Request)),
                    Caller ! {Tag, {ok, Counts, Trace}},
                    watch(#{client => Client, tracer => Tracer, monitor => Monitor, namer => Namer,
                            trace => Trace, timer => Timer});
                {error, _} = Error ->
                    enit_trace_vm:clear(Trace),
                    Caller ! {Tag, Error}
            end;
        {error, _} = Error ->
            Caller ! {Tag, Error}
    end,
    unlink(Namer),
    exit(Namer, kill),
    exit(Tracer, kill).

%% The tracer sets it, since it is the one process that is never traced.
set(Trace, Tracer, Monitor) ->
    Tracer ! {trace, Trace},
    receive
        {Tracer, {ok, Counts}} -> {ok, Counts#{owner => self(), tracer => Tracer}};
        {Tracer, {error, _} = Error} -> Error;
        {'DOWN', Monitor, process, Tracer, Reason} -> {error, {crashed, Reason}}
    end.

start_timer(infinity) -> none;
start_timer(Time) -> erlang:start_timer(Time, self(), time).

watch(#{client := Client, tracer := Tracer, monitor := Monitor, trace := Trace, timer := Timer} = State) ->
    receive
        stop ->
            finish(stopped, State);
        {timeout, Timer, time} ->
            finish(timeout, State);
        {'DOWN', Monitor, process, Tracer, Reason} ->
            Counters = enit_trace_vm:counters(Trace),
            enit_trace_vm:clear(Trace),
            tell(Reason, Counters, State);
        {'DOWN', _, process, Client, _} ->
            enit_trace_vm:clear(Trace);
        _ ->
            watch(State)
    end.

%% What the tracer has got by now is still passed on.
finish(Reason, #{tracer := Tracer, monitor := Monitor, trace := Trace, client := Client} = State) ->
    Counters = enit_trace_vm:counters(Trace),
    enit_trace_vm:clear(Trace),
    Tracer ! {finish, Reason},
    receive
        {'DOWN', Monitor, process, Tracer, Done} -> tell(Done, Counters, State);
        {'DOWN', _, process, Client, _} -> ok
    after ?FINISH_TIME ->
        tell({done, Reason, unknown}, Counters, State)
    end.

tell(Done, Counters, #{client := Client, namer := Namer}) ->
    Monitor = monitor(process, Namer),
    unlink(Namer),
    Namer ! finish,
    receive
        {'DOWN', Monitor, process, Namer, _} -> ok
    after ?NAMES_TIME ->
        ok
    end,
    {Reason, Messages} =
        case Done of
            {done, Why, Count} -> {Why, Count};
            Crash -> {{crashed, Crash}, unknown}
        end,
    _ = erlang:send(Client, {enit_trace, done, Reason, Messages, Counters}, [noconnect]),
    ok.

%% The namer. Asked counts the names that it still has to find.
name(Client, Asked) ->
    receive
        {name, Pid} ->
            _ = erlang:send(Client, {enit_trace, name, Pid, name_of(Pid)}, [noconnect]),
            counters:sub(Asked, 1, 1),
            name(Client, Asked);
        finish ->
            ok
    end.

name_of(Pid) when node(Pid) =/= node() ->
    node(Pid);
name_of(Pid) ->
    case process_info(Pid, [registered_name, initial_call]) of
        undefined -> dead;
        [{registered_name, Name} | _] when is_atom(Name) -> Name;
        [_, {initial_call, {proc_lib, init_p, _}}] -> proc_lib:translate_initial_call(Pid);
        [_, {initial_call, Call}] -> Call
    end.
