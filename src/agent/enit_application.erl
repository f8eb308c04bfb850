%% Starts applications so that a failure has a reason and ends nothing.
%%
%% A permanent application that fails to start ends the VM at once. So applications start
%% `temporary` and get the type they are meant to have when they run. OTP has no call for that:
%% the type is changed in the state of the application controller and then read back through it.
-module(enit_application).

-export([start/2, stop_all/0]).

%% `stopping`: the application controller is gone, because the VM is being stopped.
-spec start(atom(), application:restart_type()) -> ok | stopping | {error, term()}.
start(Application, Type) ->
    try
        case application:start(Application, temporary) of
            ok -> retype(Application, Type);
            {error, {already_started, Application}} -> retype(Application, Type);
            {error, Reason} -> {error, Reason}
        end
    catch
        exit:_ControllerGone -> stopping
    end.

%% Stops what runs except kernel and stdlib, the last one started first.
-spec stop_all() -> ok.
stop_all() ->
    Names = [Name || {Name, _Type} <- started(), Name =/= kernel, Name =/= stdlib],
    lists:foreach(fun application:stop/1, Names).

retype(Application, Type) ->
    _ = sys:replace_state(application_controller,
                          fun(State) -> retype_in(State, Application, Type) end),
    case proplists:get_value(Application, started()) of
        Type -> ok;
        undefined -> {error, terminated_after_start};
        Other -> {error, {restart_type, Other}}
    end.

%% The state is a record with one list of {Application, Type}, whatever its other fields are.
retype_in(State, Application, Type) ->
    list_to_tuple([retype_field(Field, Application, Type) || Field <- tuple_to_list(State)]).

retype_field([_ | _] = Field, Application, Type) ->
    case lists:member({Application, temporary}, Field) of
        true -> lists:keyreplace(Application, 1, Field, {Application, Type});
        false -> Field
    end;
retype_field(Field, _Application, _Type) ->
    Field.

started() ->
    proplists:get_value(started, application:info()).
