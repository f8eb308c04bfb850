/** What the demo runs: a release, its configuration, and a small application that keeps a state and hears of changes. */
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

  "opt/apps/greeter/ebin/greeter.app": `{application, greeter, [
    {description, "Greets, and counts how often"},
    {vsn, "1.0.0"},
    {modules, [greeter, greeter_app, greeter_sup]},
    {registered, [greeter, greeter_sup]},
    {applications, [kernel, stdlib]},
    {env, [{greeting, "Hi"}, {punctuation, "."}]},
    {mod, {greeter_app, []}}
]}.
`,

  "opt/apps/greeter/src/greeter_app.erl": `-module(greeter_app).
-behaviour(application).
-export([start/2, stop/1, config_change/3]).

start(_Type, _Args) -> greeter_sup:start_link().
stop(_State) -> ok.
config_change(Changed, New, Removed) -> greeter:config_change(Changed ++ New, Removed).
`,

  "opt/apps/greeter/src/greeter_sup.erl": `-module(greeter_sup).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {#{}, [#{id => greeter, start => {greeter, start_link, []}}]}}.
`,

  "opt/apps/greeter/src/greeter.erl": `-module(greeter).
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
};
