const APPLICATION = (version: string): string => `{application, greeter, [
    {description, "Greets, and counts how often"},
    {vsn, "${version}"},
    {modules, [greeter, greeter_app, greeter_sup]},
    {registered, [greeter, greeter_sup]},
    {applications, [kernel, stdlib]},
    {env, [{greeting, "Hi"}, {punctuation, "."}]},
    {mod, {greeter_app, []}}
]}.
`;

const CALLBACKS = `-module(greeter_app).
-behaviour(application).
-export([start/2, stop/1, config_change/3]).

start(_Type, _Args) -> greeter_sup:start_link().
stop(_State) -> ok.
config_change(Changed, New, Removed) -> greeter:config_change(Changed ++ New, Removed).
`;

const SUPERVISOR = `-module(greeter_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {#{}, [#{id => greeter, start => {greeter, start_link, []}}]}}.
`;

/**
 * What the demo runs: a release, its configuration, and a small application that keeps a state and hears of changes; a new
 * version of that, which keeps its state in another way; and what a release is built from.
 */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  "etc/enit/enit.toml": `# where this host keeps applications, besides those of Erlang/OTP
lib_dirs = ["../../opt/apps"]
`,

  "var/lib/enit/relex/release.enit": `{release, relex, [
    {vsn, "1.0"},
    {applications, [
        sasl,
        runtime_tools,
        greeter
    ]}
]}.
`,

  "var/lib/enit/relex/defaults.config": `{sasl, [{sasl_error_logger, false}]}.

{greeter, [
    {greeting, "Hello"},
    {punctuation, "!"}
]}.
`,

  "etc/enit/relex/user.config": `{node, [{cookie, "monster"}]}.

{greeter, [{punctuation, "?"}]}.
`,

  "opt/apps/greeter-1.0.0/ebin/greeter.app": APPLICATION("1.0.0"),
  "opt/apps/greeter-1.0.0/src/greeter_app.erl": CALLBACKS,
  "opt/apps/greeter-1.0.0/src/greeter_sup.erl": SUPERVISOR,
  "opt/apps/greeter-1.0.0/src/greeter.erl": `-module(greeter).
-behaviour(gen_server).
-export([start_link/0, greet/1, config_change/2, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
greet(Name) -> gen_server:call(?MODULE, {greet, Name}).
config_change(Changed, Removed) -> gen_server:call(?MODULE, {config_change, Changed, Removed}).

init([]) -> {ok, {0, maps:from_list(application:get_all_env(greeter))}}.

handle_call({greet, Name}, _From, {Count, Config = #{greeting := Greeting, punctuation := Mark}}) ->
    {reply, {Count + 1, Greeting ++ " " ++ Name ++ Mark}, {Count + 1, Config}};
handle_call({config_change, Changed, Removed}, _From, {Count, Config}) ->
    {reply, ok, {Count, maps:merge(maps:without(Removed, Config), maps:from_list(Changed))}}.

handle_cast(_Message, State) -> {noreply, State}.
`,

  "packages/greeter-1.1.0/ebin/greeter.app": APPLICATION("1.1.0"),
  "packages/greeter-1.1.0/src/greeter_app.erl": CALLBACKS,
  "packages/greeter-1.1.0/src/greeter_sup.erl": SUPERVISOR,
  "packages/greeter-1.1.0/src/greeter.erl": `-module(greeter).
-behaviour(gen_server).
-export([start_link/0, greet/1, count/0, config_change/2, init/1, handle_call/3, handle_cast/2, code_change/3]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
greet(Name) -> gen_server:call(?MODULE, {greet, Name}).
count() -> gen_server:call(?MODULE, count).
config_change(Changed, Removed) -> gen_server:call(?MODULE, {config_change, Changed, Removed}).

init([]) -> {ok, #{count => 0, config => maps:from_list(application:get_all_env(greeter))}}.

handle_call({greet, Name}, _From, State = #{count := Count, config := #{greeting := Greeting, punctuation := Mark}}) ->
    {reply, {Count + 1, Greeting ++ ", dear " ++ Name ++ Mark}, State#{count := Count + 1}};
handle_call(count, _From, State = #{count := Count}) ->
    {reply, Count, State};
handle_call({config_change, Changed, Removed}, _From, State = #{config := Config}) ->
    {reply, ok, State#{config := maps:merge(maps:without(Removed, Config), maps:from_list(Changed))}}.

handle_cast(_Message, State) -> {noreply, State}.

code_change({down, _}, #{count := Count, config := Config}, _) -> {ok, {Count, Config}};
code_change(_, {Count, Config}, _) -> {ok, #{count => Count, config => Config}}.
`,

  "rel/reltool.config": `{sys, [
    {lib_dirs, ["../opt/apps"]},
    {rel, "shop", "1", [kernel, stdlib, sasl, greeter]},
    {boot_rel, "shop"},
    {profile, embedded},
    {excl_archive_filters, [".*"]},
    {app, greeter, [{vsn, "1.0.0"}]}
]}.
`,
};
