%% Writes to the system's log through its local socket (RFC 3164, as syslog(3) does).
%%
%% A logger handler sends what the VM logs; write/2 sends what enit itself has to say. Lines are
%% UTF-8, one datagram each; a longer one is cut into several.
-module(enit_syslog).
-behaviour(gen_server).

-export([start/2, write/2, log/2]).
-export([start_link/2, init/1, handle_call/3, handle_cast/2]).

-define(DAEMON, 3).
-define(MAX_BYTES, 2000).

%% Without a system log the release starts all the same, and says so once.
-spec start(file:filename(), Tag :: string()) -> ok.
start(Path, Tag) ->
    Child = #{id => ?MODULE, start => {?MODULE, start_link, [Path, Tag]}},
    {ok, _Pid} = supervisor:start_child(kernel_safe_sup, Child),
    logger:add_handler(?MODULE, ?MODULE,
                       #{formatter => {logger_formatter, #{single_line => true, template => [msg]}}}).

-spec start_link(file:filename(), string()) -> {ok, pid()}.
start_link(Path, Tag) ->
    {ok, _Pid} = gen_server:start_link({local, ?MODULE}, ?MODULE, {Path, Tag}, []).

-spec write(logger:level(), unicode:chardata()) -> ok.
write(Level, Text) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Pid -> gen_server:call(Pid, {write, Level, Text}, infinity)
    end.

%% Called by logger, in the process that logs.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
log(#{level := Level} = Event, #{formatter := {Formatter, Config}}) ->
    write(Level, Formatter:format(Event, Config)).

init({Path, Tag}) ->
    {ok, Socket} = gen_udp:open(0, [local]),
    {ok, #{socket => Socket, path => Path, tag => Tag, silent => false}}.

handle_call({write, Level, Text}, _From, State) ->
    {reply, ok, lists:foldl(fun(Line, Now) -> send(Level, Line, Now) end, State, lines(Text))}.

handle_cast(_Request, State) ->
    {noreply, State}.

lines(Text) ->
    Lines = string:split(unicode:characters_to_binary(Text), "\n", all),
    [Part || Line <- Lines, Part <- parts(Line)].

parts(<<>>) ->
    [];
parts(Line) when byte_size(Line) =< ?MAX_BYTES ->
    [Line];
parts(Line) ->
    Size = character_start(Line, ?MAX_BYTES),
    <<Part:Size/binary, Rest/binary>> = Line,
    [Part | parts(Rest)].

%% The last place at or before Position where no UTF-8 character is cut in two.
character_start(Line, Position) ->
    case binary:at(Line, Position) of
        Byte when Byte band 2#11000000 =:= 2#10000000 -> character_start(Line, Position - 1);
        _ -> Position
    end.

send(Level, Line, #{socket := Socket, path := Path, tag := Tag, silent := Silent} = State) ->
    Head = io_lib:format("<~b>~ts ~ts[~ts]: ", [priority(Level), timestamp(), Tag, os:getpid()]),
    Packet = unicode:characters_to_binary([Head, Line]),
    case gen_udp:send(Socket, {local, Path}, 0, Packet) of
        ok ->
            State#{silent := false};
        {error, _Reason} when Silent ->
            State;
        {error, Reason} ->
            io:format(standard_error, "cannot write to syslog \"~ts\": ~ts~n",
                      [Path, inet:format_error(Reason)]),
            State#{silent := true}
    end.

priority(Level) ->
    ?DAEMON * 8 + severity(Level).

severity(emergency) -> 0;
severity(alert) -> 1;
severity(critical) -> 2;
severity(error) -> 3;
severity(warning) -> 4;
severity(notice) -> 5;
severity(info) -> 6;
severity(debug) -> 7.

timestamp() ->
    {{_Year, Month, Day}, {Hour, Minute, Second}} = calendar:local_time(),
    io_lib:format("~s ~2.. b ~2..0b:~2..0b:~2..0b",
                  [element(Month, {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
                                   "Oct", "Nov", "Dec"}),
                   Day, Hour, Minute, Second]).
