%% Tells those outside how far the start of a release is.
%%
%% The progress file gets one term a line, which the waiting `enit start` reads. In the foreground
%% people read the same on the terminal; with `--syslog` the log gets it too.
-module(enit_report).

-include_lib("kernel/include/file.hrl").

-export([open/1, event/2, close/1]).

-export_type([event/0]).

-type event() ::
        {listening, Port :: inet:port_number()}
      | booting
      | {starting, Application :: atom()}
      | {started, Application :: atom()}
      | {retrying, Application :: atom(), Reason :: term(),
         Left :: pos_integer() | infinity, Milliseconds :: non_neg_integer()}
      | {failed, Application :: atom(), Reason :: term()}
      | running.

-opaque report() ::
        #{device := file:io_device(),
          %% Whether a service manager listens, and whether people do.
          notifies := boolean(),
          speaks := boolean(),
          settings := enit_boot:settings()}.
-export_type([report/0]).

-spec open(enit_boot:settings()) -> report().
open(#{progress := File, console := Console, syslog := Syslog} = Settings) ->
    {ok, Device} = file:open(File, [append, raw, binary]),
    #{device => Device,
      notifies => os:getenv("NOTIFY_SOCKET") =/= false,
      speaks => Console orelse Syslog =/= none,
      settings => Settings}.

-spec close(report()) -> ok.
close(#{device := Device}) ->
    file:close(Device).

%% What nobody hears is not put into words: that would load modules which the release may not need, at every start.
-spec event(report(), event()) -> ok.
event(#{device := Device, notifies := Notifies, speaks := Speaks, settings := Settings}, Event) ->
    ok = file:write(Device, line(Event)),
    _ = ring(maps:get(bell, Settings)),
    _ = Notifies andalso enit_notify:event(Event),
    _ = Speaks andalso
        lists:foreach(fun({Level, Text}) -> say(Level, Text, Settings) end, words(Event, Settings)),
    ok.

%% Tells an enit that waits at its named pipe. Opened to read as well, and closed each time, it neither waits for a reader nor
%% fills when that is gone.
ring(Bell) ->
    case file:read_link_info(Bell, [raw]) of
        {ok, #file_info{type = other}} ->
            case file:open(Bell, [read, write, raw, binary]) of
                {ok, Device} ->
                    _ = file:write(Device, <<$\n>>),
                    file:close(Device);
                {error, _} = Error ->
                    Error
            end;
        _ ->
            ok
    end.

%% A printed term can be read back once it holds no pids, ports, references and funs.
line({retrying, Application, Reason, Left, Delay}) ->
    line_of({retrying, Application, readable(Reason), printed(Reason), Left, Delay});
line({failed, Application, Reason}) ->
    line_of({failed, Application, readable(Reason), printed(Reason)});
line(Event) ->
    unicode:characters_to_binary([io_lib:write(Event), ".\n"]).

line_of(Event) ->
    unicode:characters_to_binary(io_lib:format("~0tp.~n", [Event])).

printed(Reason) ->
    unicode:characters_to_binary(io_lib:format("~tp", [Reason])).

readable(Term) when is_pid(Term); is_port(Term); is_reference(Term); is_function(Term) ->
    printed(Term);
readable(Term) when is_tuple(Term) ->
    list_to_tuple(readable(tuple_to_list(Term)));
readable([Head | Tail]) ->
    [readable(Head) | readable(Tail)];
readable(Term) when is_map(Term) ->
    maps:from_list(readable(maps:to_list(Term)));
readable(Term) ->
    Term.

words(booting, #{release := {Name, Version}}) ->
    [{notice, text("booting release ~ts ~ts", [Name, Version])},
     {notice, "applying bootstrap configuration"}];
words({started, Application}, _Settings) ->
    [{notice, text("started ~ts", [Application])}];
words(running, #{release := {Name, Version}}) ->
    [{notice, text("started release ~ts ~ts", [Name, Version])}];
words({retrying, Application, Reason, Left, Delay}, _Settings) ->
    [{warning, text("cannot start application \"~ts\": ~tp; trying again in ~w s (retries left: ~w)",
                    [Application, Reason, Delay / 1000, Left])}];
words({failed, Application, Reason}, #{release := {Name, _Version}}) ->
    [{error, text("cannot start \"~ts\": application ~ts failed: ~tp",
                  [Name, Application, Reason])}];
words({starting, _Application}, _Settings) ->
    [];
words({listening, _Port}, _Settings) ->
    [].

text(Format, Arguments) ->
    unicode:characters_to_list(io_lib:format(Format, Arguments)).

say(Level, Text, #{console := Console, syslog := Syslog}) ->
    Console andalso io:put_chars(device(Level), [Text, $\n]),
    Syslog =/= none andalso enit_syslog:write(Level, Text).

device(notice) -> standard_io;
device(_Trouble) -> standard_error.
