%% Gives running applications a changed configuration.
-module(enit_config).

-export([change/2, environments/1]).

-type change() :: {Application :: atom(), Changed :: [{atom(), term()}],
                   New :: [{atom(), term()}], Removed :: [atom()]}.

%% `no_callback`: the application has no config_change/3. `not_running`: there is no one to tell.
%% `not_loaded`: the values wait for the application to be loaded.
-type answer() :: ok | no_callback | not_running | not_loaded | {error, term()}.

%% Sets and unsets keys, then calls Module:config_change/3 of each application that has a change.
%%
%% Config is the whole configuration. The application controller keeps it, as it keeps sys.config
%% from the boot, for applications that are loaded later: release_handler does it the same way. With
%% an empty list of applications that call leaves the environment of the loaded ones alone, where
%% keys may stand that an application has set for itself.
-spec change([change()], Config :: [{atom(), [{atom(), term()}]}]) -> [{atom(), answer()}].
change(Changes, Config) ->
    ok = application_controller:change_application_data([], Config),
    Loaded = [Name || {Name, _, _} <- application:loaded_applications()],
    {Present, Absent} = lists:partition(fun(Change) -> lists:member(element(1, Change), Loaded) end,
                                        Changes),
    lists:foreach(fun set_environment/1, Present),
    [{element(1, Change), tell(Change)} || Change <- Present]
        ++ [{element(1, Change), not_loaded} || Change <- Absent].

set_environment({Application, Changed, New, Removed}) ->
    lists:foreach(fun({Key, Value}) -> application:set_env(Application, Key, Value) end,
                  Changed ++ New),
    lists:foreach(fun(Key) -> application:unset_env(Application, Key) end, Removed).

tell({_Application, [], [], []}) ->
    ok;
tell({Application, Changed, New, Removed}) ->
    case callback(Application) of
        {ok, Module} -> call(Module, Changed, New, Removed);
        Answer -> Answer
    end.

callback(Application) ->
    case lists:keymember(Application, 1, application:which_applications()) of
        false ->
            not_running;
        true ->
            case application:get_key(Application, mod) of
                {ok, {Module, _Arguments}} -> exported(Module);
                _NoModule -> no_callback
            end
    end.

exported(Module) ->
    _ = code:ensure_loaded(Module),
    case erlang:function_exported(Module, config_change, 3) of
        true -> {ok, Module};
        false -> no_callback
    end.

call(Module, Changed, New, Removed) ->
    try Module:config_change(Changed, New, Removed) of
        ok -> ok;
        {error, Reason} -> {error, Reason};
        Other -> {error, Other}
    catch
        Class:Reason:Stack -> {error, {Class, Reason, Stack}}
    end.

%% The environments of those of the applications that are loaded: as they are, and as their .app
%% files give them.
-spec environments([Application :: atom()]) -> {Running :: Environments, Defaults :: Environments}
              when Environments :: [{atom(), [{atom(), term()}]}].
environments(Applications) ->
    Loaded = [Name || {Name, _, _} <- application:loaded_applications(),
                      lists:member(Name, Applications)],
    {[{Name, application:get_all_env(Name)} || Name <- Loaded],
     [{Name, default_environment(Name)} || Name <- Loaded]}.

default_environment(Application) ->
    case code:where_is_file(atom_to_list(Application) ++ ".app") of
        non_existing ->
            [];
        File ->
            {application, Application, Properties} = read_term(File),
            proplists:get_value(env, Properties, [])
    end.

%% As the code server reads: the file may be in an archive.
read_term(File) ->
    {ok, Binary, _Name} = erl_prim_loader:get_file(File),
    {ok, Tokens, _End} = erl_scan:string(unicode:characters_to_list(Binary)),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.
