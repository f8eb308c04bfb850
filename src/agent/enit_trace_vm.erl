%% What enit_trace sets in the VM, and how it takes it back: in a session of its own from OTP 27 on, before that in
%% the only one there is, unless somebody else traces there.
-module(enit_trace_vm).

-export([open/2, set/1, counters/1, clear/1]).

%% The name of the tracer where there is one session for all: so there is only one.
-define(NAME, enit_trace).

-type plan() :: #{functions := [{enit_trace_plan:target(), local | global, list() | none, [call_count | call_time]}],
                  twice := non_neg_integer(),
                  processes := [all | new | existing | pid()],
                  flags := [atom()],
                  own => [pid()]}.
-opaque trace() :: {plan(), Tracer :: pid(), Session :: term() | none}.
-export_type([plan/0, trace/0]).

%% Opens the trace of a tracer, in which nothing is set yet.
-spec open(Tracer :: pid(), plan()) ->
          {ok, trace()} | {error, {foreign_tracer, Who :: term(), Name :: term()}}.
open(Tracer, Plan) ->
    case has_sessions() of
        true ->
            {ok, {Plan, Tracer, trace:session_create(enit, Tracer, [])}};
        false ->
            %% Two at once would not see each other.
            try register(?NAME, Tracer) of
                true ->
                    case find_foreign(Plan) of
                        none -> {ok, {Plan, Tracer, none}};
                        {Who, Name} -> {error, {foreign_tracer, Who, Name}}
                    end
            catch
                error:badarg -> {error, {foreign_tracer, whereis(?NAME), ?NAME}}
            end
    end.

has_sessions() ->
    code:ensure_loaded(trace) =:= {module, trace} andalso erlang:function_exported(trace, session_create, 3).

find_foreign(#{functions := Functions}) ->
    case find_tracer([new_processes, new_ports | processes()] ++ erlang:ports()) of
        none ->
            find_traced(lists:append([enit_trace_plan:expand(Target, Scope)
                                      || {Target, Scope, _, _} <- Functions]));
        Tracer ->
            {Tracer, name_of(Tracer)}
    end.

%% What a dead one has set is not there any more as soon as the VM comes across it.
find_tracer([Process | Rest]) ->
    try erlang:trace_info(Process, tracer) of
        {tracer, Tracer} when is_pid(Tracer), node(Tracer) =:= node() ->
            case is_process_alive(Tracer) of
                true -> Tracer;
                false -> find_tracer(Rest)
            end;
        {tracer, Tracer} when Tracer =/= [] ->
            Tracer;
        _ ->
            find_tracer(Rest)
    catch
        error:badarg -> find_tracer(Rest)
    end;
find_tracer([]) ->
    none.

%% Patterns wait for a tracer, or have outlived one.
find_traced([Function | Rest]) ->
    case erlang:trace_info(Function, all) of
        {all, Known} when Known =:= false; Known =:= undefined -> find_traced(Rest);
        {all, Known} -> {Function, {pattern, proplists:get_value(traced, Known)}}
    end;
find_traced([]) ->
    none.

name_of(Pid) when is_pid(Pid), node(Pid) =:= node() ->
    case process_info(Pid, [registered_name, links, initial_call]) of
        [{registered_name, Name} | _] when is_atom(Name) ->
            Name;
        [_, {links, Links}, {initial_call, Call}] ->
            %% dbg's own tracer is linked to dbg, and has no name.
            case lists:member(whereis(dbg), Links) of
                true -> dbg;
                false -> Call
            end;
        undefined ->
            undefined
    end;
name_of(Port) when is_port(Port) ->
    case erlang:port_info(Port, name) of
        {name, Name} -> unicode:characters_to_binary(Name);
        undefined -> undefined
    end;
name_of(_) ->
    undefined.

%% Sets all of it, in the tracer; processes last, so that there are no messages before everything is set.
-spec set(trace()) -> {ok, #{processes := non_neg_integer(), functions := non_neg_integer()}} | {error, term()}.
set({#{functions := Functions, twice := Twice, processes := Processes, flags := Flags, own := Own}, _, _} = Trace) ->
    Set = lists:sum([set_function(Trace, Function) || Function <- Functions]),
    case Functions =/= [] andalso Set =:= 0 of
        true ->
            {error, no_matching_functions};
        false ->
            Traced = lists:sum([set_process(Trace, Process, Flags) || Process <- Processes]),
            lists:foreach(fun(Pid) -> leave_out(Trace, Pid, Flags) end, Own),
            case Traced =:= 0 andalso not lists:member(new, Processes) of
                true -> {error, no_matching_processes};
                false -> {ok, #{processes => Traced, functions => Set - Twice}}
            end
    end.

set_function(Trace, {Target, Scope, Spec, Counters}) ->
    Counted = case Counters of
                  [] -> 0;
                  _ -> pattern(Trace, Target, true, Counters)
              end,
    case Spec of
        none -> Counted;
        _ -> max(Counted, pattern(Trace, Target, Spec, [Scope]))
    end.

pattern({_, _, none}, Target, Spec, Flags) -> erlang:trace_pattern(Target, Spec, Flags);
pattern({_, _, Session}, Target, Spec, Flags) -> trace:function(Session, Target, Spec, Flags).

set_process({_, Tracer, none}, Process, Flags) ->
    try erlang:trace(legacy(Process), true, [{tracer, Tracer} | Flags])
    catch error:badarg -> 0
    end;
set_process({_, _, Session}, Process, Flags) ->
    try trace:process(Session, Process, true, Flags)
    catch error:badarg -> 0
    end.

leave_out({_, Tracer, none}, Pid, Flags) -> clear_process(Pid, Tracer, Flags);
leave_out({_, _, Session}, Pid, Flags) -> trace:process(Session, Pid, false, Flags).

legacy(all) -> processes;
legacy(new) -> new_processes;
legacy(existing) -> existing_processes;
legacy(Pid) -> Pid.

%% What was counted so far, without what was never called.
-spec counters(trace()) -> [{mfa(), Calls :: non_neg_integer(), Microseconds :: non_neg_integer() | none}].
counters({#{functions := Functions}, _, _} = Trace) ->
    [{Function, Calls, Time} || {Target, Scope, _, [_ | _] = Counters} <- Functions,
                                Function <- enit_trace_plan:expand(Target, Scope),
                                {Calls, Time} <- [counted(Trace, Function, Counters)], Calls > 0].

counted(Trace, Target, Counters) ->
    case lists:member(call_time, Counters) andalso info(Trace, Target, call_time) of
        {call_time, [_ | _] = Times} ->
            lists:foldl(fun({_, Calls, Seconds, Micro}, {AllCalls, All}) ->
                                {AllCalls + Calls, All + Seconds * 1000000 + Micro}
                        end, {0, 0}, Times);
        _ ->
            case lists:member(call_count, Counters) andalso info(Trace, Target, call_count) of
                {call_count, Calls} when is_integer(Calls) -> {Calls, none};
                _ -> {0, none}
            end
    end.

info({_, _, none}, Target, Item) -> erlang:trace_info(Target, Item);
info({_, _, Session}, Target, Item) -> trace:info(Session, Target, Item).

%% Takes back what was set, and nothing else. May be called several times.
-spec clear(trace()) -> ok.
clear({_, _, Session}) when Session =/= none ->
    _ = trace:session_destroy(Session),
    ok;
clear({#{functions := Functions, processes := Processes, flags := Flags}, Tracer, none} = Trace) ->
    lists:foreach(fun(Process) -> clear_process(Process, Tracer, Flags) end, Processes),
    lists:foreach(fun({Target, Scope, Spec, Counters}) ->
                          _ = [pattern(Trace, Target, false, [Scope]) || Spec =/= none],
                          _ = [pattern(Trace, Target, false, Counters) || Counters =/= []]
                  end, Functions).

clear_process(all, _, Flags) ->
    erlang:trace(processes, false, Flags);
clear_process(existing, _, Flags) ->
    erlang:trace(existing_processes, false, Flags);
clear_process(new, Tracer, Flags) ->
    erlang:trace(new_processes, false, Flags),
    lists:foreach(fun(Pid) -> clear_process(Pid, Tracer, Flags) end, processes());
clear_process(Pid, Tracer, Flags) ->
    try erlang:trace_info(Pid, tracer) of
        {tracer, Tracer} -> erlang:trace(Pid, false, Flags);
        _ -> 0
    catch
        error:badarg -> 0
    end.
