%% What an upgrade asks of a VM, and the little that release_handler does not do. All that may take long comes in
%% batches: a call gives one and where the next begins.
-module(enit_upgrade).

-export([facts/0, modules/0, applications/0, old_code/2, users/3, busy/2, supervisors/1, restore/2,
         rehome/3]).

%% Of all processes, those above a pid; a batch ends at `Next`, or is the last.
-type next() :: pid() | done.
-type batch(Item) :: {[Item], next()}.
-type place() :: pid() | first.

-define(BATCH, 2000).
%% Milliseconds for a supervisor to answer, and for its init/1.
-define(PATIENCE, 5000).

-spec facts() -> #{atom() => term()}.
facts() ->
    ReleasesDir = releases_dir(application:get_env(sasl, releases_dir), os:getenv("RELDIR")),
    #{handler => handler(whereis(release_handler)),
      root => code:root_dir(),
      releases_dir => ReleasesDir,
      unwritable => [Path || Path <- [ReleasesDir, filename:join(ReleasesDir, "RELEASES"),
                                      filename:join(code:root_dir(), "lib")],
                             not is_writable(Path)],
      erts => erlang:system_info(version),
      otp_release => erlang:system_info(otp_release),
      phase => element(1, init:get_status())}.

%% `busy`: release_handler works on an earlier request, and answers no other before it is done.
handler(undefined) ->
    none;
handler(Pid) ->
    case process_info(Pid, current_function) of
        {current_function, {gen_server, loop, _}} -> idle;
        _Working -> busy
    end.

is_writable(Path) ->
    case file:read_file_info(Path) of
        {ok, Info} -> lists:member(element(4, Info), [write, read_write]);
        {error, enoent} -> true;
        {error, _Reason} -> false
    end.

%% As release_handler finds it.
releases_dir({ok, Directory}, _) -> Directory;
releases_dir(undefined, false) -> filename:join(code:root_dir(), "releases");
releases_dir(undefined, Directory) -> Directory.

%% All modules that are loaded, with their MD5 and what they were loaded from.
-spec modules() -> [{module(), binary(), file:filename() | preloaded | cover_compiled}].
modules() ->
    [{Module, erlang:get_module_info(Module, md5), File} || {Module, File} <- code:all_loaded()].

%% Environments hold the parameters that command line arguments give as well: those are named in `fixed`.
-spec applications() -> #{atom() => term()}.
applications() ->
    Loaded = [{Name, Version} || {Name, _, Version} <- application:loaded_applications()],
    #{loaded => Loaded,
      running => [{Name, Version} || {Name, _, Version} <- application:which_applications()],
      environment => [{Name, application:get_all_env(Name)} || {Name, _} <- Loaded],
      fixed => [{Name, [list_to_atom(Key) || Key <- keys(Values)]}
                || {Name, Values} <- init:get_arguments(), lists:keymember(Name, 1, Loaded)]}.

keys([Key, _Value | Rest]) -> [Key | keys(Rest)];
keys(_) -> [].

%% The processes that execute old code of a module, or hold funs of it. The next purge of it ends them.
-spec old_code([module()] | all, place()) -> batch({pid(), module(), Text :: binary()}).
old_code(all, Place) ->
    old_code([Module || {Module, _} <- code:all_loaded()], Place);
old_code(Modules, Place) ->
    Old = [Module || Module <- Modules, erlang:check_old_code(Module)],
    Pids = case Old of
               [] -> [];
               _ -> pids(Place)
           end,
    batch(Pids, fun(Pid) -> [{Pid, Module, text(Pid)} || Module <- Old, erlang:check_process_code(Pid, Module)]
                end).

%% The processes that use modules: as their callback module, or because they are executing it just now.
-spec users([module()], place(), [callback | executing]) ->
          batch({pid(), module(), callback | supervisor | executing, Text :: binary()}).
users(Modules, Place, Kinds) ->
    batch(pids(Place),
          fun(Pid) ->
                  lists:append([uses(Kind, Pid, Modules) || Kind <- Kinds])
          end).

uses(callback, Pid, Modules) ->
    {Module, Kind} = callback(proc_lib:translate_initial_call(Pid)),
    [{Pid, Module, Kind, text(Pid)} || lists:member(Module, Modules)];
uses(executing, Pid, Modules) ->
    Executed = case process_info(Pid, current_stacktrace) of
                   {current_stacktrace, Stack} -> lists:usort([element(1, Entry) || Entry <- Stack]);
                   undefined -> []
               end,
    [{Pid, Module, executing, text(Pid)} || Module <- Executed, lists:member(Module, Modules)].

callback({supervisor, Module, 1}) -> {Module, supervisor};
callback({Module, init, 1}) -> {Module, callback};
callback(_Other) -> {undefined, callback}.

%% Those of the processes that do not answer a system message in time, as texts.
-spec busy([pid()], Milliseconds :: timeout()) -> [Text :: binary()].
busy(Pids, Patience) ->
    Asked = [{Pid, spawn_monitor(fun() -> sys:statistics(Pid, get, Patience) end)} || Pid <- Pids],
    [text(Pid) || {Pid, {Asker, Monitor}} <- Asked, not answers(Asker, Monitor), is_process_alive(Pid)].

answers(Asker, Monitor) ->
    receive {'DOWN', Monitor, process, Asker, Reason} -> Reason =:= normal end.

%% What supervisors have as children, and what their init/1 says now; `unknown` where it does not say.
-spec supervisors([pid()]) -> [{pid(), Text :: binary(), Specs :: [{term(), atom()}] | dynamic | unknown,
                                Children :: [{term(), pid() | undefined | restarting}]}].
supervisors(Pids) ->
    lists:append([supervisor(Pid) || Pid <- Pids]).

supervisor(Pid) ->
    %% The state ends in the callback module and its argument, from OTP 25 to 29.
    try sys:get_state(Pid, ?PATIENCE) of
        State ->
            Size = tuple_size(State),
            Module = supervisor:get_callback_module(Pid),
            Module = element(Size - 1, State),
            Children = [{Id, Child} || {Id, Child, _Type, _Modules} <- supervisor:which_children(Pid)],
            [{Pid, text(Pid), specs(Module, element(Size, State)), Children}]
    catch
        exit:_Gone -> [{Pid, text(Pid), unknown, []} || is_process_alive(Pid)]
    end.

%% In a process of its own: what init/1 does to its process is gone with it.
specs(Module, Argument) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({specs, Module:init(Argument)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {specs, {ok, {Flags, Specs}}}} -> ids(strategy(Flags), Specs);
        {'DOWN', Monitor, process, Pid, _Other} -> unknown
    after ?PATIENCE ->
        erlang:demonitor(Monitor, [flush]),
        exit(Pid, kill),
        unknown
    end.

strategy(Flags) when is_map(Flags) -> maps:get(strategy, Flags, one_for_one);
strategy(Flags) -> element(1, Flags).

ids(simple_one_for_one, _Specs) ->
    dynamic;
ids(_Strategy, Specs) ->
    [case Spec of
         #{id := Id} -> {Id, maps:get(restart, Spec, permanent)};
         {Id, _Start, Restart, _Shutdown, _Type, _Modules} -> {Id, Restart}
     end || Spec <- Specs].

%% Gives applications back the versions and the environment of the release that runs. release_handler changes both
%% before it evaluates a script, and leaves them so when the script fails before the point of no return.
-spec restore(BootFile :: file:filename(), Config :: [{atom(), [{atom(), term()}]}]) -> ok.
restore(BootFile, Config) ->
    {ok, Boot} = file:read_file(BootFile),
    {script, _Id, Instructions} = binary_to_term(Boot),
    Applications = lists:append([application(Instruction) || Instruction <- Instructions]),
    Before = application_controller:prep_config_change(),
    ok = application_controller:change_application_data(Applications, Config),
    _ = application_controller:config_change(Before),
    ok.

application({kernelProcess, application_controller, {application_controller, start, [Application]}}) -> [Application];
application({apply, {application, load, [Application]}}) -> [Application];
application(_Other) -> [].

%% Has release_handler find libraries of a release in other directories, for which it has no call: their code was
%% replaced where it was. Of the release that runs, the code path has those directories from then on, and modules
%% are loaded from there once more: release_handler reads the old version of a module, for code_change, from the file
%% that it was loaded from. Gives the modules that processes still execute as they were loaded first; then
%% release_handler is left alone.
-spec rehome(Version :: string(), [{atom(), file:filename()}], IsRunning :: boolean()) -> [module()].
rehome(Version, Places, IsRunning) ->
    case lists:append([reload(Name, filename:join(Directory, "ebin")) || {Name, Directory} <- Places, IsRunning]) of
        [] ->
            _ = sys:replace_state(release_handler, fun(State) -> rehome_in(State, Version, Places) end),
            [];
        Lingering ->
            Lingering
    end.

reload(Name, Ebin) ->
    _ = code:replace_path(Name, Ebin),
    {ok, Modules} = application:get_key(Name, modules),
    [Module || Module <- Modules, code:is_loaded(Module) =/= false,
               not reload_module(Module, filename:join(Ebin, atom_to_list(Module) ++ ".beam"))].

reload_module(Module, File) ->
    {file, Loaded} = code:is_loaded(Module),
    (Loaded =:= File orelse (code:soft_purge(Module) andalso load_same(Module, File)))
        andalso code:soft_purge(Module).

load_same(Module, File) ->
    {ok, Code} = file:read_file(File),
    Same = {ok, {Module, erlang:get_module_info(Module, md5)}},
    Same = beam_lib:md5(Code),
    {module, Module} = code:load_binary(Module, File, Code),
    true.

%% The state is a record, in which one list holds the releases.
rehome_in(State, Version, Places) ->
    list_to_tuple([rehome_field(Field, Version, Places) || Field <- tuple_to_list(State)]).

rehome_field([{release, _, _, _, _, _} | _] = Releases, Version, Places) ->
    [case Release of
         {release, Name, Version, Erts, Libraries, Status} ->
             {release, Name, Version, Erts, [place(Library, Places) || Library <- Libraries], Status};
         _Other ->
             Release
     end || Release <- Releases];
rehome_field(Field, _Version, _Places) ->
    Field.

place({Name, Version, Directory}, Places) ->
    {Name, Version, proplists:get_value(Name, Places, Directory)}.

pids(first) -> lists:sort(processes());
pids(Place) -> [Pid || Pid <- pids(first), Pid > Place].

batch(Pids, Find) ->
    {Now, Next} = split(Pids),
    {lists:append([Find(Pid) || Pid <- Now, Pid =/= self()]), Next}.

split(Pids) ->
    case catch lists:split(?BATCH, Pids) of
        {Now, [_ | _]} -> {Now, lists:last(Now)};
        _NoMore -> {Pids, done}
    end.

text(Pid) ->
    Name = case process_info(Pid, registered_name) of
               {registered_name, Registered} -> io_lib:format(" ~tp", [Registered]);
               _ -> initial_call(proc_lib:translate_initial_call(Pid))
           end,
    unicode:characters_to_binary([pid_to_list(Pid), Name]).

initial_call({supervisor, Module, 1}) -> io_lib:format(" supervisor ~tp", [Module]);
initial_call({Module, Function, Arity}) -> io_lib:format(" ~tp:~tp/~p", [Module, Function, Arity]).
