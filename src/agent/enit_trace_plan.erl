%% Finds what a request for a trace means on a node: which modules, functions and processes there are, what match
%% specifications its VM takes, and how records are laid out.
-module(enit_trace_plan).

-export([prepare/1, expand/2, fields/2]).

%% `'_'` is any. Without a match specification calls are only counted.
-type pattern() :: {module() | '_', atom() | '_', arity() | '_', local | global,
                    MatchSpec :: list() | none, Counters :: [call_count | call_time]}.
-type target() :: {module() | '_', atom() | '_', arity() | '_'}.
-export_type([pattern/0, target/0]).

%% Finds what a request means on this node; loads modules if it may, and changes nothing else. Errors that belong to a
%% pattern have its number, from 1.
-spec prepare(map()) -> {ok, enit_trace_vm:plan()} | {error, term()}.
prepare(#{patterns := Patterns, processes := Processes, flags := Flags, load := Load}) ->
    try
        Meant = lists:append([targets(Number, Pattern, Load)
                              || {Number, Pattern} <- lists:zip(lists:seq(1, length(Patterns)), Patterns)]),
        {Functions, Twice} = merge(Meant),
        {ok, #{functions => Functions, twice => Twice, processes => lists:map(fun process/1, Processes), flags => Flags,
               own => []}}
    catch
        throw:Reason -> {error, Reason}
    end.

targets(Number, {Module, Function, Arity, Scope, Spec0, Counters}, Load) ->
    Spec = match_spec(Number, Spec0),
    [{Target, Number, Scope, Spec, Counters} || Target <- find(Number, Module, Function, Arity, Scope, Load)].

%% A function has one match specification: what several patterns mean gets the clauses of all, in their order. What means more
%% comes first, so that setting it changes nothing of what is set for a part of it. Tells how many functions are set twice.
merge(Meant) ->
    Patterns = maps:groups_from_list(fun(Pattern) -> element(1, Pattern) end, Meant),
    Targets = lists:sort(fun(One, Other) -> {width(One), One} =< {width(Other), Other} end, maps:keys(Patterns)),
    Merged = [{Target, [maps:get(Each, Patterns) || Each <- wider(Target), is_map_key(Each, Patterns)]}
              || Target <- Targets],
    {[merge(Target, maps:get(Target, Patterns), lists:append(Wider)) || {Target, Wider} <- Merged],
     lists:sum([twice(Target, lists:append(Wider)) || {Target, Wider} <- Merged])}.

merge(Target, Own, Wider) ->
    Traced = lists:keysort(2, [Pattern || {_, _, _, Spec, _} = Pattern <- Own ++ Wider, Spec =/= none]),
    Spec = case [none || {_, _, _, Spec, _} <- Own, Spec =/= none] of
               [] -> none;
               _ -> lists:append([Each || {_, _, _, Each, _} <- Traced])
           end,
    Scopes = [Scope || {_, _, Scope, _, _} <- Own ++ Traced],
    Counters = lists:usort(lists:append([Each || {_, _, _, _, Each} <- Own])),
    {Target, case lists:member(local, Scopes) of true -> local; false -> global end, Spec, Counters}.

width({'_', _, _}) -> 1;
width({_, '_', _}) -> 2;
width(_) -> 3.

wider({'_', '_', '_'}) -> [];
wider({_, '_', '_'}) -> [{'_', '_', '_'}];
wider({Module, _, _}) -> [{Module, '_', '_'}, {'_', '_', '_'}].

twice(_, []) ->
    0;
twice({Module, '_', '_'}, _) ->
    length(functions(Module, global));
twice({Module, Function, Arity}, Wider) ->
    case lists:any(fun({_, _, Scope, _, _}) -> lists:member({Function, Arity}, functions(Module, Scope)) end, Wider) of
        true -> 1;
        false -> 0
    end.

find(_, '_', '_', '_', _, _) ->
    [{'_', '_', '_'}];
find(Number, '_', Function, Arity, _, _) ->
    case [{Module, F, A} || {Module, _} <- code:all_loaded(), {F, A} <- Module:module_info(exports),
                            is(Function, F), is(Arity, A)] of
        [] -> throw({no_function, Number, '_', []});
        Found -> Found
    end;
find(Number, Module, Function, Arity, Scope, Load) ->
    ensure_loaded(Number, Module, Load),
    case {Function, Arity} of
        {'_', '_'} ->
            [{Module, '_', '_'}];
        _ ->
            Known = functions(Module, Scope),
            case [{Module, F, A} || {F, A} <- Known, is(Function, F), is(Arity, A)] of
                [] ->
                    %% Some that the VM itself has are in no list.
                    case is_integer(Arity) andalso erlang:is_builtin(Module, Function, Arity) of
                        true -> [{Module, Function, Arity}];
                        false -> throw({no_function, Number, Module, Known})
                    end;
                Found ->
                    Found
            end
    end.

is('_', _) -> true;
is(Wanted, Found) -> Wanted =:= Found.

functions(Module, local) -> Module:module_info(functions);
functions(Module, global) -> Module:module_info(exports).

%% The functions that are meant.
-spec expand(target(), local | global) -> [target()].
expand({'_', '_', '_'}, Scope) ->
    lists:append([expand({Module, '_', '_'}, Scope) || {Module, _} <- code:all_loaded()]);
expand({Module, '_', '_'}, Scope) ->
    [{Module, Function, Arity} || {Function, Arity} <- functions(Module, Scope)];
expand(Target, _) ->
    [Target].

ensure_loaded(Number, Module, Load) ->
    case erlang:module_loaded(Module) of
        true ->
            ok;
        false ->
            case {code:which(Module), Load} of
                {non_existing, _} ->
                    throw({no_module, Number, [Name || {Name, _, _} <- code:all_available()]});
                {File, false} ->
                    throw({not_loaded, Number, unicode:characters_to_binary(io_lib:format("~ts", [File]))});
                {_, true} ->
                    case code:load_file(Module) of
                        {module, _} -> ok;
                        {error, Reason} -> throw({load_failed, Number, Reason})
                    end
            end
    end.

%% OTP 25 knows no current_stacktrace. Which guard functions a VM knows differs as well.
match_spec(_, none) ->
    none;
match_spec(Number, Spec) ->
    Known = case erlang:match_spec_test([], [{'_', [], [{message, {current_stacktrace}}]}], trace) of
                {ok, _, _, _} -> Spec;
                {error, _} -> [{Head, Guards, lists:map(fun dump/1, Body)} || {Head, Guards, Body} <- Spec]
            end,
    case erlang:match_spec_test([], Known, trace) of
        {ok, _, _, _} ->
            Known;
        {error, Problems} ->
            throw({bad_match_spec, Number, [unicode:characters_to_binary(Text) || {error, Text} <- Problems]})
    end.

dump({message, {current_stacktrace}}) -> {message, {process_dump}};
dump(Action) -> Action.

process({name, Name}) ->
    case whereis(Name) of
        Pid when is_pid(Pid) -> Pid;
        _ -> throw({no_process, Name, registered()})
    end;
process(Pid) when is_pid(Pid) ->
    case node(Pid) =:= node() andalso is_process_alive(Pid) of
        true -> Pid;
        false -> throw({no_process, Pid, []})
    end;
process(Which) ->
    Which.

%% The fields of a record, by the debug information of its module.
-spec fields(module(), Record :: atom()) -> {ok, [atom()]} | {error, no_module | no_debug_info | {no_record, [atom()]}}.
fields(Module, Record) ->
    case code:get_object_code(Module) of
        error ->
            {error, case erlang:module_loaded(Module) of true -> no_debug_info; false -> no_module end};
        {_, Code, _} ->
            case beam_lib:chunks(Code, [abstract_code]) of
                {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} ->
                    Records = [Definition || {attribute, _, record, Definition} <- Forms],
                    case lists:keyfind(Record, 1, Records) of
                        {_, Fields} -> {ok, lists:map(fun field/1, Fields)};
                        false -> {error, {no_record, [Name || {Name, _} <- Records]}}
                    end;
                _ ->
                    {error, no_debug_info}
            end
    end.

field({typed_record_field, Field, _Type}) -> field(Field);
field({record_field, _, {atom, _, Name}}) -> Name;
field({record_field, _, {atom, _, Name}, _Default}) -> Name.
