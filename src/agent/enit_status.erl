%% All that `enit status` shows of a running VM, in one call.
-module(enit_status).

-export([get/0]).

-spec get() -> #{atom() => term()}.
get() ->
    {Phase, _Progress} = init:get_status(),
    Running = [{Name, Version} || {Name, _Description, Version} <- application:which_applications()],
    #{phase => Phase,
      release => of_settings(release),
      extensions => of_settings(extensions),
      otp_release => erlang:system_info(otp_release),
      os_pid => os:getpid(),
      uptime => element(1, erlang:statistics(wall_clock)),
      nodes => lists:sort(nodes(connected)),
      running => lists:sort(Running),
      starting => starting(Phase, Running),
      memory => erlang:memory()}.

%% `undefined` in a VM that enit did not start.
of_settings(Key) ->
    case enit_boot:settings() of
        undefined -> undefined;
        Settings -> maps:get(Key, Settings)
    end.

%% While init is starting, what the release still waits for; later, what someone starts by hand.
starting(starting, Running) ->
    Expected = case of_settings(applications) of
                   undefined -> [];
                   Applications -> Applications
               end,
    [Name || {Name, _Type} <- Expected, not lists:keymember(Name, 1, Running)];
starting(_Phase, _Running) ->
    [element(1, Entry) || Entry <- proplists:get_value(starting, application:info())].
