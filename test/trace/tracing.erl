%% Makes traces with the trace drivers, of every kind of message, and prints them as dbg does.
-module(tracing).
-export([to_file/1, start_file/1, start_ip/1, do/2, odd/1, events/1]).
-export([printed_file/1, printed_wrap/3, printed_ip/1]).
-export([work/1, fail/1, pass/1, greet/2, leave/0]).

%% What gives each kind of timestamp to the trace of one process.
-define(TIMESTAMPS, [[], [timestamp], [monotonic_timestamp], [strict_monotonic_timestamp]]).

%% Writes a trace of all kinds.
to_file(File) ->
    Port = (dbg:trace_port(file, File))(),
    trace(fun() -> all_rounds(Port) end),
    port_close(Port),
    ok.

%% Starts a tracer that does what do/2 asks for. Spec is what dbg:trace_port(file, Spec) takes.
start_file(Spec) -> start(file, Spec).

%% The same on a port that has messages wait for who connects, QueueSize of them; gives its number as well.
start_ip(QueueSize) ->
    Pid = start(ip, {0, QueueSize}),
    {do(Pid, number), Pid}.

start(Type, Spec) ->
    Self = self(),
    Pid = spawn(fun() ->
        Port = (dbg:trace_port(Type, Spec))(),
        Self ! {started, self()},
        serve(Port)
    end),
    receive {started, Pid} -> Pid end.

%% all: traces everything; {calls, N}: traces so many calls; {mixed, N}: traces N calls, returns, messages sent, and messages
%% received; last: traces a call with the_last_word. A file is flushed.
%% What waits for a client is lost when it stops.
do(Name, Request) when is_atom(Name) -> do(whereis(Name), Request);
do(Pid, Request) ->
    Monitor = monitor(process, Pid),
    Pid ! {self(), Request},
    receive
        {Pid, Answer} -> demonitor(Monitor, [flush]), Answer;
        {'DOWN', Monitor, _, _, Reason} -> Reason
    end.

serve(Port) ->
    receive
        {_, stop} ->
            port_close(Port);
        {From, Request} ->
            From ! {self(), answer(Port, Request)},
            serve(Port)
    end.

answer(Port, number) ->
    <<0, Number:16>> = iolist_to_binary(port_control(Port, $p, [])),
    Number;
answer(Port, all) ->
    trace(fun() -> all_rounds(Port) end),
    flush(Port);
answer(Port, {mixed, Count}) ->
    Flags = [{tracer, Port}, call, send, 'receive'],
    trace(fun() -> run(fun() -> mixed(Count) end, fun(Pid) -> erlang:trace(Pid, true, Flags) end) end),
    flush(Port);
answer(Port, last) ->
    trace(fun() -> run(fun() -> greet(the_last_word, 0) end, call_tracer(Port)) end),
    flush(Port);
answer(Port, {calls, Count}) ->
    trace(fun() -> calls(Port, Count) end),
    flush(Port).

flush(Port) ->
    try port_control(Port, $f, []) of
        _ -> ok
    catch
        error:badarg -> ok
    end.

trace(Fun) ->
    %% Every event comes with what the match specification says of it.
    Specs = [
        {{?MODULE, work, 1}, [{'_', [], [{return_trace}, {message, {caller}}]}]},
        {{?MODULE, fail, 1}, [{'_', [], [{exception_trace}]}]},
        {{?MODULE, pass, 1}, [{['$1'], [], [{message, [{{got, '$1'}}, "text", {self}]}]}]},
        {{?MODULE, greet, 2}, true}
    ],
    [1 = erlang:trace_pattern(MFA, Spec, [local]) || {MFA, Spec} <- Specs],
    Fun(),
    Delivered = erlang:trace_delivered(all),
    receive {trace_delivered, all, Delivered} -> ok end,
    [1 = erlang:trace_pattern(MFA, false, [local]) || {MFA, _} <- Specs],
    ok.

all_rounds(Port) ->
    [traced(Port, [call, return_to, procs, send, 'receive', running_procs, exiting, garbage_collection | Stamp])
     || Stamp <- ?TIMESTAMPS],
    traced(Port, [call, arity, set_on_spawn, procs]),
    traced(Port, [running, set_on_link, procs]),
    [ports(Port, Stamp) || Stamp <- ?TIMESTAMPS],
    cpu_time(Port),
    [sequential(Port, Stamp) || Stamp <- [[], [timestamp], [monotonic_timestamp], [strict_monotonic_timestamp]]].

traced(Port, Flags) ->
    run(fun leave/0, fun(Pid) -> erlang:trace(Pid, true, [{tracer, Port} | Flags]) end).

calls(Port, Count) ->
    run(fun() -> [greet("hello", N) || N <- lists:seq(1, Count)] end, call_tracer(Port)).

call_tracer(Port) -> fun(Pid) -> erlang:trace(Pid, true, [{tracer, Port}, call]) end.

run(Work, Trace) ->
    {Pid, Monitor} = spawn_monitor(fun() -> receive go -> Work() end end),
    Trace(Pid),
    Pid ! go,
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

leave() ->
    process_flag(trap_exit, true),
    work(2),
    catch fail({bad, "reason"}),
    catch fail(#{key => <<"a binary">>}),
    greet("Gr\374\337e", [1, 2 | tail]),
    greet([1080, 1084, 1103], 'latin1 \344'),
    greet(<<"\303\244"/utf8, 1080/utf8>>, list_to_atom([1080, 1084])),
    greet(lists:seq(1, 60), lists:duplicate(9, <<"rather long ", 0, 255>>)),
    greet(make_ref(), {fun lists:map/2, fun() -> ok end, self(), 1.5e300, -1 bsl 70, <<5:3>>}),
    pass({deep, [{nested, #{a => [1, 2, 3], "b" => {c, d}, 3 => lists:duplicate(20, word)}}]}),
    messages(),
    processes_and_links(),
    erlang:garbage_collect(self(), [{type, major}]),
    erlang:garbage_collect(self(), [{type, minor}]),
    spawn_opt(fun() -> lists:seq(1, 1000000) end, [link, {max_heap_size, #{size => 1000, error_logger => false}}]),
    receive {'EXIT', _, killed} -> ok end,
    exit({shutdown, [because, "of", <<"the end">>]}).

messages() ->
    self() ! {hello, "self", lists:seq(1, 40)},
    receive {hello, _, _} -> ok end,
    receive nothing -> ok after 1 -> ok end,
    Gone = spawn(fun() -> ok end),
    Monitor = monitor(process, Gone),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    Gone ! {too_late, 'for you'},
    erlang:send({nobody, 'no@where'}, far, [noconnect]),
    self() ! {dbg, ok},
    receive {dbg, ok} -> ok end.

processes_and_links() ->
    Parent = self(),
    Child = spawn(?MODULE, pass, [{[child], "of", Parent}]),
    Linked = spawn_link(fun() -> receive stop -> unlink(Parent), Parent ! stopped, receive bye -> ok end end end),
    register(a_name, self()),
    unregister(a_name),
    link(Linked),
    Linked ! stop,
    receive stopped -> ok end,
    Linked ! bye,
    catch link(Child),
    Other = spawn_link(fun() -> exit(oops) end),
    receive {'EXIT', Other, oops} -> ok end,
    spawn(erlang, apply, [fun lists:reverse/1, [[$a, $b]]]).

ports(Port, Stamp) ->
    erlang:trace(new_ports, true, [{tracer, Port}, ports, send, 'receive', running_ports | Stamp]),
    {_, Monitor} = spawn_monitor(fun() ->
        Cat = open_port({spawn, "cat"}, [binary]),
        register(a_port, Cat),
        Cat ! {self(), {command, <<"through a port">>}},
        receive {Cat, {data, _}} -> ok end,
        port_control(whereis(a_port), 1, "x")
    end),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    erlang:trace(new_ports, false, [ports, send, 'receive', running_ports | Stamp]).

mixed(0) -> ok;
mixed(N) ->
    work(0),
    self() ! {hello, <<"world">>, N, [a, b, {c, 1.5}]},
    receive {hello, _, N, _} -> mixed(N - 1) end.

%% Not every system has it.
cpu_time(Port) ->
    try erlang:trace(all, true, [{tracer, Port}, call, cpu_timestamp]) of
        _ ->
            {_, Monitor} = spawn_monitor(fun() -> greet(cpu, time) end),
            receive {'DOWN', Monitor, _, _, _} -> ok end,
            erlang:trace(all, false, [call, cpu_timestamp])
    catch
        error:badarg -> ok
    end.

sequential(Port, Stamp) ->
    Before = seq_trace:set_system_tracer(Port),
    {_, Monitor} = spawn_monitor(fun() ->
        seq_trace:set_token(label, {request, "17"}),
        [seq_trace:set_token(Flag, true) || Flag <- [send, 'receive', print | Stamp]],
        Self = self(),
        Echo = spawn(fun() -> receive {From, Message} -> From ! {echo, Message} end end),
        Echo ! {Self, lists:seq(1, 50)},
        receive {echo, _} -> ok end,
        seq_trace:print("printed"),
        seq_trace:print({request, "17"}, #{value => lists:duplicate(12, <<"printed">>)})
    end),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    seq_trace:set_system_tracer(Before).

work(0) -> done;
work(N) -> {ok, [pass(N)], work(N - 1)}.

fail(Reason) -> error(Reason).

pass(Value) -> Value.

greet(_Word, Whom) -> Whom.

%% A trace of terms that no tracer sends, some of which dbg prints nevertheless.
odd(File) ->
    Pid = self(),
    Terms = [
        {trace, Pid, call, not_an_mfa}, {trace, Pid, call, {m, f}}, {trace, Pid, call, {m, f, [a | b]}},
        {trace, Pid, call, {m, 'F G', []}}, {trace, Pid, call, {'M', f, 3}, []}, {trace, Pid, call, {"m", f, x}},
        {trace, Pid, return_to, undefined}, {trace, Pid, return_from, {m, f, 0}, [lists:seq(1, 50)]},
        {trace, Pid, spawn, Pid}, {trace, Pid, spawn, Pid, "a\nb"}, {trace, Pid, unheard_of, 1, two, "three"},
        {trace, Pid, 'receive', {dbg, ok}}, {trace, Pid, 'receive', {dbg, ok, x}}, {trace, Pid, 'receive', timeout},
        {trace, {name, node}, send, message, {name, 'no@where'}}, {trace, 'an atom', 'Un Known', x},
        {trace_ts, Pid, call, {m, f, [lists:duplicate(30, {a, "b"})]}, {message}, {1, 2, 3}},
        {trace_ts, Pid, 'receive', {dbg, ok}, 5}, {trace_ts, Pid, 'Op', lists:seq(1, 60), x, {-576460751416, 9}},
        {trace, Pid, call, {m, 'else', ['maybe']}}, {trace, Pid, call, {list_to_atom([1080]), list_to_atom([1080]), 1}},
        {seq_trace, 0, {send, {0, 1}, Pid, Pid, lists:seq(1, 60)}}, {seq_trace, lists:seq(1, 60), {other, thing}, {1, 2, 3}},
        {seq_trace, x, y}, {drop, 17}, {not_, a, trace}, an_atom, [1, 2], {}, {trace, 1},
        {trace, Pid, gc_minor_start, [{A, N} || {A, N} <- lists:zip([a, b, c, d, e, f, g, h], lists:seq(1, 8))]}
    ],
    ok = file:write_file(File, [[frame(T) || T <- Terms], <<1, 12345:32>>, [frame(T) || T <- Terms]]).

frame(Term) ->
    Bytes = term_to_binary(Term),
    [<<0, (byte_size(Bytes)):32>>, Bytes].

%% What kinds of messages a file holds, each with its timestamp's form.
events(File) ->
    {ok, Bytes} = file:read_file(File),
    lists:usort(events_of(Bytes)).

events_of(<<0, Size:32, Bytes:Size/binary, Rest/binary>>) -> [event(binary_to_term(Bytes)) | events_of(Rest)];
events_of(<<1, _:32, Rest/binary>>) -> [drop | events_of(Rest)];
events_of(<<>>) -> [].

event(Trace) when element(1, Trace) =:= trace -> element(3, Trace);
event(Trace) when element(1, Trace) =:= trace_ts -> {element(3, Trace), form(element(tuple_size(Trace), Trace))};
event({seq_trace, _, Info}) -> {seq_trace, element(1, Info)};
event({seq_trace, _, Info, Stamp}) -> {seq_trace, element(1, Info), form(Stamp)}.

form({_, _, _}) -> timestamp;
form({_, _}) -> strict_monotonic;
form(N) when is_integer(N) -> monotonic.

%% What dbg prints to user, a terminal that takes Unicode.
printed_file(File) -> printed(fun() -> dbg:trace_client(file, File) end).

%% dbg takes the greatest number of the files from the specification.
printed_wrap(Name, Suffix, Count) ->
    printed(fun() -> dbg:trace_client(file, {Name, wrap, Suffix, 0, Count}) end).

printed_ip(Number) -> printed(fun() -> dbg:trace_client(ip, Number) end).

printed(Start) ->
    User = whereis(user),
    unregister(user),
    Device = spawn_link(fun() -> device([]) end),
    register(user, Device),
    try
        Client = Start(),
        Monitor = monitor(process, Client),
        Reason = receive {'DOWN', Monitor, _, _, Why} -> Why end,
        Device ! {text, self()},
        receive {text, Text} -> {Text, Reason} end
    after
        dbg:stop(),
        unregister(user),
        register(user, User)
    end.

device(Written) ->
    receive
        {io_request, From, Reply, Request} ->
            {Answer, Text} = request(Request),
            From ! {io_reply, Reply, Answer},
            device([Written | Text]);
        {text, To} ->
            To ! {text, unicode:characters_to_binary(Written)},
            device([])
    end.

request({put_chars, unicode, M, F, A}) -> {ok, apply(M, F, A)};
request({put_chars, unicode, Text}) -> {ok, Text};
request({requests, Requests}) ->
    Texts = [begin {ok, Text} = request(R), Text end || R <- Requests],
    {ok, Texts};
request(getopts) -> {[{encoding, unicode}], []};
request(_) -> {{error, request}, []}.
