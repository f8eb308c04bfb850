%% Samples what a VM is busy with, for `enit top`.
%%
%% One process for each `enit top`, gone when that is gone. It works for a share of the time at most, its budget: after a sample
%% it rests in proportion to what that took, and in a sample it looks at as many processes as its time allows. Those that are
%% left are looked at by the next samples, so that on a node with very many processes a few samples together see all of
%% them; those that came out on top are looked at in each. The first time that a process is seen it has no rate.
%%
%% To be asked for its memory wakes a process up, and takes ten times as long as all the rest, or as long as it waits for a
%% scheduler. So, unless it is the memory that matters, only those that are shown are asked for it, and in what time is left
%% those of which it is not known. It stays what it was as long as a process has done nothing and got nothing.
%%
%% What is kept between two samples is a row of fifteen words for each process in a table, and the list of those that are left.
-module(enit_top).

-export([start/1, init/1]).

%% How many processes are looked at between two glances at the clock.
-define(CHUNK, 32).
%% The same where each of them is woken up.
-define(FEW, 4).
%% How many are looked at in every sample, which takes a few milliseconds at most.
-define(LEAST, 1000).
%% Of more processes than these, the rates of some are not known.
-define(MAX_TRACKED, 500_000).
%% Microseconds for which the list of applications is good.
-define(APPLICATIONS_AGE, 5_000_000).
%% Milliseconds, longer than a node that is not in trouble takes to tell its applications.
-define(APPLICATIONS_TIMEOUT, 500).
%% Reductions of a process that has done nothing but answer what is asked of it here.
-define(IDLE, 10).
%% Bytes of a process whose dictionary may be copied where OTP has no way to read one key of it.
-define(MAX_COPIED, 100_000).

-export_type([request/0]).

-type request() ::
        #{sort := reductions | memory | message_queue_len,
          limit := pos_integer(),
          interval := Milliseconds :: pos_integer(),
          budget := Percent :: number(),
          %% Begin with the first process again, in place of where the last sample stopped.
          again := boolean()}.

%% Gives a process that answers each `{sample, request()}` with `{enit_top, Sample}` when it is time for it. It ends when the
%% client does, or the connection to it.
-spec start(Client :: pid()) -> pid().
start(Client) ->
    spawn(?MODULE, init, [Client]).

-spec init(pid()) -> no_return().
init(Client) ->
    %% The client is told if this process fails, and this process ends with it and with the connection to it.
    link(Client),
    %% Switched off by the emulator when the last process that switched it on is gone.
    _ = erlang:system_flag(scheduler_wall_time, true),
    Now = now_us(),
    State = #{client => Client,
              table => ets:new(?MODULE, [set, private]),
              rest => [],
              pass_began => Now,
              last_pass_began => Now,
              passes => 0,
              top => [],
              applications => {Now - ?APPLICATIONS_AGE, []},
              leaders => #{},
              sums => #{},
              whole_sums => #{},
              counters => counters(Now)},
    receive
        {sample, Request} -> sample(Request, State)
    end.

sample(Request, #{client := Client} = State) ->
    Began = now_us(),
    {Sample, Next} = take(Request, Began, State),
    Took = now_us() - Began,
    Client ! {?MODULE, Sample#{took => Took}},
    await(Began, Took, Next).

await(Began, Took, State) ->
    receive
        {sample, Request} -> rest(Request, Began, Took, State)
    end.

%% A request that comes while it rests takes the place of the one before.
rest(#{interval := Interval, budget := Budget} = Request, Began, Took, State) ->
    Due = max(Began + Interval * 1000, Began + ceil(Took * 100 / Budget)),
    receive
        {sample, Other} -> rest(Other, Began, Took, State)
    after
        max(0, (Due - now_us() + 999) div 1000) -> sample(Request, State)
    end.

take(#{interval := Interval, budget := Budget} = Request, Began, State0) ->
    Deadline = Began + max(1000, round(Interval * 1000 * Budget / 100)),
    State1 = know_applications(Began, begin_again(Request, Began, State0)),
    #{counters := Before} = State1,
    Counters = counters(Began),
    Facts = facts(Before, Counters),
    {Seen, Top, State2} = scan(Request, Deadline, State1),
    #{sums := Sums, whole_sums := Whole, applications := {_, Applications}, leaders := Leaders} = State2,
    %% Sums are whole at the end of a pass; on a node where a sample is a pass they are of this one.
    Shown = case map_size(Whole) of
                0 -> Sums;
                _ -> Whole
            end,
    Rows = lists:filtermap(fun(Entry) -> row(Entry, Leaders) end, Top),
    Sample = Facts#{seen => Seen,
                    cut => maps:get(rest, State2) =/= [] orelse maps:get(pass_began, State2) < Began,
                    processes => Rows,
                    applications => [{Name, Version, known(maps:get(Name, Shown, {0, 0, 0, 0, 0}))}
                                     || {Name, Version} <- Applications]},
    {Sample, State2#{counters := Counters, top := [element(2, Entry) || Entry <- Top]}}.

%% ---- processes ----

begin_again(#{again := true}, Began, State) -> new_pass(Began, State);
begin_again(_Request, Began, #{rest := []} = State) -> new_pass(Began, State);
begin_again(_Request, _Began, State) -> State.

new_pass(Began, #{pass_began := Last} = State) ->
    State#{rest := processes(), pass_began := Began, last_pass_began := Last, sums := #{}}.

scan(#{sort := Sort, limit := Limit}, Deadline, #{top := Top, rest := Rest, sums := Sums} = State) ->
    {Watched, Best} = watch(Top, Sort, {Limit, 0, -1, []}, State),
    Result = {map_size(Watched), Best, Sums, {[], []}},
    {Left, {Seen, Found, Summed, {Unknown, Outdated}}} =
        look(Rest, ?LEAST, now_us(), Result, {Sort, Deadline, Watched}, State),
    Next = State#{rest := Left, sums := Summed},
    case Left of
        [] ->
            ok = measure(Unknown ++ Outdated, 0, Deadline, State),
            {Seen, best(Found), end_pass(Next)};
        _ ->
            {Seen, best(Found), Next}
    end.

end_pass(#{table := Table, pass_began := Began, passes := Passes, sums := Sums} = State) ->
    %% Those that were not seen in this pass have ended.
    _ = ets:select_delete(Table, [{{'_', '$1', '_', '_'}, [{'<', '$1', Began}], [true]}]),
    State#{passes := Passes + 1, whole_sums := Sums}.

%% Looks at what came out on top of the last sample, which is not to be missed in this one.
watch(Top, Sort, Best, State) ->
    Now = now_us(),
    lists:foldl(fun(Pid, {Watched, Found} = Result) ->
                        case visit(Pid, Now, Sort, State) of
                            gone -> Result;
                            Seen -> {Watched#{Pid => Seen}, put_best(value(Sort, Seen), Found, Pid, Seen)}
                        end
                end,
                {#{}, Best}, Top).

look([], _Chunk, _Now, Result, _How, _State) ->
    {[], Result};
look(Pids, 0, _Now, Result, {_, Deadline, _} = How, State) ->
    case now_us() of
        Now when Now >= Deadline -> {Pids, Result};
        Now -> look(Pids, ?CHUNK, Now, Result, How, State)
    end;
look([Pid | Pids], Chunk, Now, {Count, Best, Sums, Todo} = Result, {Sort, _, Watched} = How, State) ->
    Next = case Watched of
               #{Pid := Seen} ->
                   {Count, Best, add(Seen, Sums, State), Todo};
               _ ->
                   case visit(Pid, Now, Sort, State) of
                       gone ->
                           Result;
                       Seen ->
                           Found = put_best(value(Sort, Seen), Best, Pid, Seen),
                           {Count + 1, Found, add(Seen, Sums, State), to_do(Pid, Seen, Todo)}
                   end
           end,
    look(Pids, Chunk - 1, Now, Next, How, State).

to_do(Pid, {_, _, {none, _}, _, _}, {Unknown, Outdated}) -> {[Pid | Unknown], Outdated};
to_do(Pid, {_, _, {_, outdated}, _, _}, {Unknown, Outdated}) -> {Unknown, [Pid | Outdated]};
to_do(_Pid, {_, _, {_, fresh}, _, _}, Todo) -> Todo.

visit(Pid, Now, Sort, #{table := Table} = State) ->
    case process_info(Pid, [reductions, message_queue_len, group_leader]) of
        undefined ->
            gone;
        [{_, Reductions}, {_, Queue}, {_, Leader}] ->
            Entry = ets:lookup(Table, Pid),
            case memory(Entry, Pid, Sort, Reductions, Queue) of
                gone ->
                    gone;
                {Known, Age} ->
                    track(Table, Entry, {Pid, Now, Reductions, Known}),
                    Memory = case Known of
                                 none -> none;
                                 {Bytes, _, _} -> Bytes
                             end,
                    {rate(Entry, Reductions, Now, State), Reductions, {Memory, Age}, Queue, Leader}
            end
    end.

%% What is known of the memory of a process, and whether it is still so.
memory([{_, _, _, {_, Then, Queue} = Known}], _Pid, _Sort, Reductions, Queue) when Reductions - Then =< ?IDLE ->
    {Known, fresh};
memory(_Entry, Pid, memory, Reductions, Queue) ->
    case process_info(Pid, memory) of
        {memory, Memory} -> {{Memory, Reductions, Queue}, fresh};
        undefined -> gone
    end;
memory([{_, _, _, Known}], _Pid, _Sort, _Reductions, _Queue) ->
    {Known, outdated};
memory([], _Pid, _Sort, _Reductions, _Queue) ->
    {none, outdated}.

%% Asks for memory until the time is up.
measure([], _Chunk, _Deadline, _State) ->
    ok;
measure(Pids, 0, Deadline, State) ->
    case now_us() < Deadline of
        true -> measure(Pids, ?FEW, Deadline, State);
        false -> ok
    end;
measure([Pid | Pids], Chunk, Deadline, #{table := Table} = State) ->
    case process_info(Pid, [memory, reductions, message_queue_len]) of
        undefined -> ok;
        [{_, Memory}, {_, Reductions}, {_, Queue}] ->
            _ = ets:update_element(Table, Pid, {4, {Memory, Reductions, Queue}})
    end,
    measure(Pids, Chunk - 1, Deadline, State).

value(reductions, {none, _, _, _, _}) -> 0;
value(reductions, {Rate, _, _, _, _}) -> Rate;
value(memory, {_, _, {Memory, _}, _, _}) -> Memory;
value(message_queue_len, {_, _, _, Queue, _}) -> Queue.

%% Reductions a second since the process was looked at last. One that the last pass did not see began after that did: it has at
%% least this rate.
rate([{_, Then, Before, _}], Reductions, Now, _State) when Now > Then ->
    (Reductions - Before) * 1_000_000 / (Now - Then);
rate([], Reductions, Now, #{passes := Passes, last_pass_began := Began}) when Passes > 0, Now > Began ->
    Reductions * 1_000_000 / (Now - Began);
rate(_, _Reductions, _Now, _State) ->
    none.

track(Table, [], Entry) ->
    ets:info(Table, size) < ?MAX_TRACKED andalso ets:insert(Table, Entry);
track(Table, _Known, Entry) ->
    ets:insert(Table, Entry).

%% Sums by the group leader, which is the master of the application that a process belongs to.
add({Rate, _, {Memory, _}, Queue, Leader}, Sums, #{leaders := Leaders}) ->
    case Leaders of
        #{Leader := Name} ->
            {Count, Rates, Measured, Memories, Queues} = maps:get(Name, Sums, {0, 0, 0, 0, 0}),
            {One, Bytes} = case Memory of
                               none -> {0, 0};
                               _ -> {1, Memory}
                           end,
            Added = case Rate of
                        none -> 0;
                        _ -> Rate
                    end,
            Sums#{Name => {Count + 1, Rates + Added, Measured + One, Memories + Bytes, Queues + Queue}};
        _ ->
            Sums
    end.

%% A sum of the memory of some says nothing of all.
known({Count, Rate, Count, Memory, Queue}) -> {Count, Rate, Memory, Queue};
known({Count, Rate, _Measured, _Memory, Queue}) -> {Count, Rate, none, Queue}.

%% {Limit, Count, Least, Entries}: the best so far and more; what is not above the least of the best cannot be one.
put_best(Value, {_, _, Least, _} = Best, _Pid, _Info) when Value =< Least ->
    Best;
put_best(Value, {Limit, Count, Least, Entries}, Pid, Info) ->
    All = [{Value, Pid, Info} | Entries],
    case Count + 1 >= 4 * Limit of
        true ->
            Kept = lists:sublist(lists:reverse(lists:keysort(1, All)), Limit),
            {Limit, Limit, max(Least, element(1, lists:last(Kept))), Kept};
        false ->
            {Limit, Count + 1, Least, All}
    end.

best({Limit, _Count, _Least, Entries}) ->
    lists:sublist(lists:reverse(lists:keysort(1, Entries)), Limit).

%% What is only known of those that are shown.
row({_Value, Pid, {Rate, Reductions, _Memory, Queue, Leader}}, Leaders) ->
    case process_info(Pid, [memory, registered_name, initial_call, current_function, status]) of
        undefined ->
            false;
        [{_, Memory}, {_, Name}, {_, Initial}, {_, Current}, {_, Status}] ->
            {true, #{pid => list_to_binary(pid_to_list(Pid)),
                     name => Name,
                     label => label(Pid),
                     initial => initial(Initial, Pid, Memory),
                     current => Current,
                     status => Status,
                     reductions => Reductions,
                     rate => Rate,
                     memory => Memory,
                     queue => Queue,
                     application => maps:get(Leader, Leaders, none)}}
    end.

initial({proc_lib, init_p, _} = Call, Pid, Memory) ->
    case dictionary('$initial_call', Pid, Memory) of
        {_, _, _} = Behind -> Behind;
        _ -> Call
    end;
initial(Call, _Pid, _Memory) ->
    Call.

%% OTP 27 has labels.
label(Pid) ->
    case dictionary('$process_label', Pid, infinity) of
        undefined -> none;
        Label -> unicode:characters_to_binary(io_lib:format("~0tp", [Label], [{chars_limit, 60}]))
    end.

dictionary(Key, Pid, Memory) ->
    try process_info(Pid, {dictionary, Key}) of
        {_, Value} -> Value;
        undefined -> undefined
    catch
        error:badarg when Memory =< ?MAX_COPIED ->
            %% OTP 25, which copies the whole of it.
            case process_info(Pid, dictionary) of
                {_, Dictionary} -> proplists:get_value(Key, Dictionary);
                undefined -> undefined
            end;
        error:badarg ->
            undefined
    end.

%% ---- applications ----

know_applications(Now, #{applications := {Then, _}} = State) when Now - Then < ?APPLICATIONS_AGE ->
    State;
know_applications(Now, #{applications := {_, Known}, leaders := Leaders} = State) ->
    try application:which_applications(?APPLICATIONS_TIMEOUT) of
        Running ->
            Masters = [{application_controller:get_master(Name), Name} || {Name, _, _} <- Running],
            State#{applications := {Now, lists:sort([{Name, Version} || {Name, _, Version} <- Running])},
                   leaders := maps:from_list(Masters)}
    catch
        exit:_ -> State#{applications := {Now, Known}, leaders := Leaders}
    end.

%% ---- the whole node ----

counters(Now) ->
    {Collections, _, _} = statistics(garbage_collection),
    {{input, In}, {output, Out}} = statistics(io),
    {Reductions, _} = statistics(reductions),
    {Switches, _} = statistics(context_switches),
    Online = erlang:system_info(schedulers_online),
    {Active, Total} = case statistics(scheduler_wall_time) of
                          undefined -> {0, 0};
                          Times -> sum([{A, T} || {Id, A, T} <- Times, Id =< Online])
                      end,
    #{time => Now, garbage_collections => Collections, input => In, output => Out, reductions => Reductions,
      context_switches => Switches, active => Active, total => Total}.

sum(Times) ->
    {lists:sum([Active || {Active, _} <- Times]), lists:sum([Total || {_, Total} <- Times])}.

facts(#{time := Then} = Before, #{time := Now} = After) ->
    Rate = fun(Key) ->
                   case Now > Then of
                       true -> (maps:get(Key, After) - maps:get(Key, Before)) * 1_000_000 / (Now - Then);
                       false -> none
                   end
           end,
    Utilization = case {maps:get(total, After) - maps:get(total, Before),
                        maps:get(active, After) - maps:get(active, Before)} of
                      {Total, Active} when Total > 0 -> Active / Total;
                      _ -> none
                  end,
    Normal = statistics(total_run_queue_lengths),
    #{time => erlang:system_time(millisecond),
      uptime => element(1, statistics(wall_clock)),
      otp_release => list_to_binary(erlang:system_info(otp_release)),
      memory => memory(),
      run_queue => Normal,
      dirty_run_queue => statistics(total_run_queue_lengths_all) - Normal,
      schedulers => erlang:system_info(schedulers_online),
      utilization => Utilization,
      rates => [{Key, Rate(Key)} || Key <- [reductions, garbage_collections, context_switches, input, output]],
      counts => [{Key, erlang:system_info(Count), Limit}
                 || {Key, Count, Limit} <- [{processes, process_count, erlang:system_info(process_limit)},
                                            {ports, port_count, erlang:system_info(port_limit)},
                                            {atoms, atom_count, erlang:system_info(atom_limit)},
                                            {ets_tables, ets_count, none}]]}.

%% Not every emulator knows: see erlang:memory/0.
memory() ->
    try erlang:memory()
    catch error:notsup -> []
    end.

now_us() ->
    erlang:monotonic_time(microsecond).
