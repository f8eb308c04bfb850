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
        Functions = lists:append([targets(Number, Pattern, Load)
                                  || {Number, Pattern} <- lists:zip(lists:seq(1, length(Patterns)), Patterns)]),
        {ok, #{functions => Functions, processes => lists:map(fun process/1, Processes), flags => Flags, own => []}}
    catch
        throw:Reason -> {error, Reason}
    end.

targets(Number, {Module, Function, Arity, Scope, Spec0, Counters}, Load) ->
    Spec = match_spec(Number, Spec0),
    [{Target, Scope, Spec, Counters} || Target <- find(Number, Module, Function, Arity, Scope, Load)].

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
