%% The releases of this host, for programs in Erlang: their configuration, and calls into those that run.
%%
%% Works on every node that has this module, whether enit started it or not. All is asked of the program `enit`, so that
%% there is one reading of the files and one way to a node. Nothing of a request is in the arguments of that program.
-module(enit).

-export([call/5, get_config/2, get_config/3, apply_config/2, apply_config/3, configurate/2, configurate/3]).
-export([serve/2]).

-export_type([release/0, option/0, error/0]).

-type release() :: string() | binary() | atom().

%% `match`: take the release as a pattern, or the beginning of a name, as `--match` does.
%% `show_cookie`: have the cookie of the section `node` as it is; masked without.
%% `timeout`: milliseconds for a call; `infinity` without. What was called goes on after it.
-type option() :: match | {match, boolean()} | show_cookie | {show_cookie, boolean()} | {timeout, timeout()}.

%% Code is a word that stays as it is, Message is for people; both are those of the command line.
-type error() :: {error, {Code :: atom(), Message :: string()}}.

-type settings() :: [{Key :: atom(), Value :: term()}].

%% Calls a function in a running release and gives what it returns, as it is. What it prints goes where the caller prints.
-spec call(release(), [option()], module(), atom(), [term()]) -> term() | error().
call(Release, Options, Module, Function, Arguments)
  when is_atom(Module), is_atom(Function), is_list(Arguments) ->
    request({call, text(Release), options(Options), Module, Function, Arguments}).

%% The merged configuration of a release, by sections.
-spec get_config(release(), [option()]) -> [{Section :: atom(), settings()}] | error().
get_config(Release, Options) ->
    request({config, text(Release), options(Options)}).

%% One section of it; empty if there is none.
-spec get_config(release(), Application :: atom(), [option()]) -> settings() | error().
get_config(Release, Application, Options) when is_atom(Application) ->
    case get_config(Release, Options) of
        {error, _} = Error -> Error;
        Config -> proplists:get_value(Application, Config, [])
    end.

%% Sets what a release configures in the environments of the applications of this node, loaded first where they can be. The
%% section `node` is left out, as it is no application.
-spec apply_config(release(), [option()]) -> ok | error().
apply_config(Release, Options) ->
    case get_config(Release, Options) of
        {error, _} = Error -> Error;
        Config -> lists:foreach(fun set_environment/1, lists:keydelete(node, 1, Config))
    end.

%% The same for one application.
-spec apply_config(release(), Application :: atom(), [option()]) -> ok | error().
apply_config(Release, Application, Options) when is_atom(Application) ->
    case get_config(Release, Application, Options) of
        {error, _} = Error -> Error;
        Settings -> set_environment({Application, Settings})
    end.

%% The same as apply_config/2,3.
-spec configurate(release(), [option()]) -> ok | error().
configurate(Release, Options) -> apply_config(Release, Options).

-spec configurate(release(), Application :: atom(), [option()]) -> ok | error().
configurate(Release, Application, Options) -> apply_config(Release, Application, Options).

set_environment({_Application, []}) ->
    ok;
set_environment({Application, Settings}) ->
    %% When an application is loaded later, that sets its environment anew.
    _ = application:load(Application),
    lists:foreach(fun({Key, Value}) -> application:set_env(Application, Key, Value) end, Settings).

text(Release) when is_atom(Release) -> atom_to_binary(Release, utf8);
text(Release) ->
    case unicode:characters_to_binary(Release) of
        Text when is_binary(Text) -> Text;
        _NoText -> error({bad_release, Release})
    end.

options(Options) ->
    maps:from_list([option(Option) || Option <- proplists:unfold(Options)]).

option({Name, Value}) when Name =:= match orelse Name =:= show_cookie, is_boolean(Value) -> {Name, Value};
option({timeout, Limit}) when Limit =:= infinity; is_integer(Limit), Limit >= 0 -> {timeout, Limit};
option(Option) -> error({bad_option, Option}).

%% A process of its own has the port, so that the caller gets no messages of it, and the program ends with the caller.
request(Request) ->
    {Server, Monitor} = spawn_monitor(?MODULE, serve, [self(), Request]),
    receive
        {'DOWN', Monitor, process, Server, {answer, Answer}} -> Answer;
        {'DOWN', Monitor, process, Server, Reason} -> failure("~0tp", [Reason])
    end.

%% @private
serve(Caller, Request) ->
    Monitor = monitor(process, Caller),
    exit({answer, ask(command(), Request, Monitor)}).

ask(not_found, _Request, _Monitor) ->
    {error, {enit_not_found, "cannot find the program enit: it is not on the path"}};
ask([Program | Arguments], Request, Monitor) ->
    Options = [{args, Arguments ++ ["agent", "serve", "--quiet"]}, {packet, 4}, binary, exit_status, use_stdio],
    try open_port({spawn_executable, Program}, Options) of
        Port ->
            true = port_command(Port, term_to_binary(Request)),
            await(Port, Monitor)
    catch
        error:Reason -> failure("\"~ts\" cannot be run: ~0tp", [Program, Reason])
    end.

await(Port, Monitor) ->
    receive
        {Port, {data, Frame}} ->
            case binary_to_term(Frame) of
                {output, Text} ->
                    ok = io:put_chars(Text),
                    await(Port, Monitor);
                {ok, Answer} ->
                    Answer;
                {error, Code, Message} ->
                    {error, {Code, unicode:characters_to_list(Message)}}
            end;
        {Port, {exit_status, Status}} ->
            failure("it ended with exit code ~b and without an answer", [Status]);
        {'DOWN', Monitor, process, _Caller, _Reason} ->
            exit(normal)
    end.

failure(Format, Arguments) ->
    Reason = unicode:characters_to_list(io_lib:format(Format, Arguments)),
    {error, {enit_failed, "cannot ask the program enit: " ++ Reason}}.

%% How enit is run: as the one did that started this VM, as it is written in the application's file by
%% `enit agent install` or was sent with it, or else what is on the path.
command() ->
    _ = application:load(enit),
    Started = case enit_boot:settings() of
                  #{command := Command} -> Command;
                  _ -> []
              end,
    case usable([Started, application:get_env(enit, command, [])]) of
        [] ->
            case os:find_executable("enit") of
                false -> not_found;
                Program -> [Program]
            end;
        Usable ->
            Usable
    end.

usable([[Program | _] = Command | Others]) ->
    case filelib:is_regular(Program) of
        true -> Command;
        false -> usable(Others)
    end;
usable([[] | Others]) -> usable(Others);
usable([]) -> [].
