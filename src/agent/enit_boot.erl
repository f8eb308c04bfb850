%% Starts the applications of a release, in a VM that enit launched.
%%
%% The boot script starts kernel and stdlib and only loads the other applications. `-s enit_boot`
%% then runs start/0 in init's boot process, where init:get_status/0 says `starting`, rpc already
%% works and init:stop/0 still stops the VM. init:restart/0 comes through here again.
-module(enit_boot).

-export([start/0, settings/0]).

-export_type([settings/0]).

%% What src/vm/agent-settings.ts writes and `-enit_boot FILE` names.
-type settings() ::
        #{release := {Name :: string(), Version :: string()},
          extensions := [string()],
          applications := [{atom(), application:restart_type()}],
          command := [string()],
          retries := non_neg_integer() | infinity,
          delay := Milliseconds :: non_neg_integer(),
          environment := [{Variable :: string(), Value :: string() | false}],
          progress := file:filename(),
          bell := file:filename(),
          console := boolean(),
          hangup := stop | default,
          log := none | #{file := file:filename(), max_bytes := pos_integer()},
          syslog := none | file:filename()}.

-spec start() -> ok.
start() ->
    Settings = read_settings(),
    persistent_term:put(?MODULE, Settings),
    lists:foreach(fun restore/1, maps:get(environment, Settings)),
    ok = keep_agent_loaded(code:get_mode()),
    _ = application:load(enit),
    ok = start_services(Settings),
    Report = enit_report:open(Settings),
    lists:foreach(fun(Port) -> enit_report:event(Report, {listening, Port}) end, distribution_port()),
    enit_report:event(Report, booting),
    lists:foreach(fun(Application) -> start_application(Application, Settings, Report) end,
                  applications(Settings)),
    enit_report:event(Report, running),
    enit_report:close(Report).

%% What the boot script did not load was in the release when it was started, but is not in the version that release_handler
%% has made permanent since, and that init:restart/0 boots.
applications(#{applications := Applications}) ->
    Loaded = [Name || {Name, _Description, _Version} <- application:loaded_applications()],
    [Start || {Name, _Type} = Start <- Applications, lists:member(Name, Loaded)].

%% What this VM was started with; `undefined` in a VM that enit did not start.
-spec settings() -> settings() | undefined.
settings() ->
    persistent_term:get(?MODULE, undefined).

%% Where the distribution listens: for an enit that so need not ask epmd, which may be gone by then, or have been replaced by
%% another -epmd_module. The sockets that listen belong to net_kernel.
distribution_port() ->
    Kernel = whereis(net_kernel),
    [Number || Port <- erlang:ports(), erlang:port_info(Port, connected) =:= {connected, Kernel},
               {ok, Number} <- [inet:port(Port)]].

read_settings() ->
    {ok, [[File]]} = init:get_argument(?MODULE),
    {ok, Text} = file:read_file(File),
    {ok, Tokens, _End} = erl_scan:string(unicode:characters_to_list(Text)),
    {ok, Settings} = erl_parse:parse_term(Tokens),
    Settings.

%% The VM boots with a private HOME, from which it reads its cookie; what starts now sees the user's.
restore({Variable, false}) -> os:unsetenv(Variable);
restore({Variable, Value}) -> os:putenv(Variable, Value).

%% In embedded mode nothing is loaded on demand, and only boot scripts name modules to load.
keep_agent_loaded(interactive) ->
    ok;
keep_agent_loaded(embedded) ->
    Directory = filename:dirname(code:which(?MODULE)),
    Beams = filelib:wildcard("*.beam", Directory),
    code:ensure_modules_loaded([list_to_atom(filename:rootname(Beam)) || Beam <- Beams]).

%% Only what is wanted, as each is a module to load.
start_services(#{hangup := Hangup, log := Log, syslog := Syslog, release := {Name, _}}) ->
    _ = Hangup =:= stop andalso (ok = enit_signal:stop_on_hangup()),
    _ = Log =/= none andalso (ok = enit_log:start(Log)),
    _ = Syslog =/= none andalso (ok = enit_syslog:start(Syslog, Name)),
    ok.

start_application({Application, Type}, Settings, Report) ->
    #{retries := Retries, delay := Delay} = Settings,
    start_application(Application, Type, Retries, Delay, Report).

start_application(Application, Type, Retries, Delay, Report) ->
    enit_report:event(Report, {starting, Application}),
    case enit_application:start(Application, Type) of
        ok ->
            enit_report:event(Report, {started, Application});
        stopping ->
            wait_for_the_end();
        {error, Reason} when Retries =:= 0 ->
            enit_report:event(Report, {failed, Application, Reason}),
            enit_application:stop_all(),
            erlang:halt(1);
        {error, Reason} ->
            enit_report:event(Report, {retrying, Application, Reason, Retries, Delay}),
            timer:sleep(Delay),
            start_application(Application, Type, one_less(Retries), Delay, Report)
    end.

one_less(infinity) -> infinity;
one_less(Retries) -> Retries - 1.

%% init is stopping the VM and kills this process: to return would look like a boot that is done.
-spec wait_for_the_end() -> no_return().
wait_for_the_end() ->
    timer:sleep(infinity).
