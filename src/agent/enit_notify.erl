%% Tells the service manager that started this VM how far it is (sd_notify(3)).
%%
%% systemd names a datagram socket in NOTIFY_SOCKET; with `Type=notify` it takes the release for
%% started when all applications run. Without the variable there is nobody to tell.
-module(enit_notify).

-export([event/1]).

-spec event(enit_report:event()) -> ok.
event(running) ->
    send("READY=1\nSTATUS=all applications run"),
    %% What the applications run must not speak for the release.
    true = os:unsetenv("NOTIFY_SOCKET"),
    ok;
event({starting, Application}) ->
    send(["STATUS=starting ", atom_to_list(Application)]);
event({retrying, Application, _Reason, _Left, _Delay}) ->
    send(["STATUS=waiting to start ", atom_to_list(Application), " again"]);
event({failed, Application, _Reason}) ->
    send(["STATUS=cannot start ", atom_to_list(Application)]);
event(_Event) ->
    ok.

%% A service manager that cannot be reached is no reason to stop.
send(Text) ->
    case os:getenv("NOTIFY_SOCKET") of
        false ->
            ok;
        Path ->
            {ok, Socket} = gen_udp:open(0, [local]),
            _ = gen_udp:send(Socket, {local, address(Path)}, 0, unicode:characters_to_binary(Text)),
            gen_udp:close(Socket)
    end.

%% An `@` stands for the zero byte that names of sockets outside the file system begin with.
address([$@ | Name]) -> unicode:characters_to_binary([0 | Name]);
address(Path) -> Path.
