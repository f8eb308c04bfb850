%% Saves the second for which OTP before 28 sleeps at each stop, so that `user` may write.
%%
%% As a child of kernel_safe_sup this process ends after the applications and before `user` and the
%% loggers. It has written what is to be written by then; and where `user` is gone already, its
%% supervisor does not sleep. Newer releases flush `user` on their own (user_drv:flush/0).
-module(enit_flush).
-behaviour(gen_server).

-export([start/0]).
-export([start_link/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

-spec start() -> ok.
start() ->
    {module, user_drv} = code:ensure_loaded(user_drv),
    case erlang:function_exported(user_drv, flush, 0) of
        true ->
            ok;
        false ->
            %% A reader of the output that has stopped reading holds up the stop no longer than before.
            Child = #{id => ?MODULE, start => {?MODULE, start_link, []}, shutdown => 1000},
            {ok, _Pid} = supervisor:start_child(kernel_safe_sup, Child),
            ok
    end.

-spec start_link() -> {ok, pid()}.
start_link() ->
    {ok, _Pid} = gen_server:start_link(?MODULE, [], []).

init([]) ->
    _ = process_flag(trap_exit, true),
    {ok, []}.

handle_call(_Request, _From, State) ->
    {reply, ok, State}.

handle_cast(_Request, State) ->
    {noreply, State}.

terminate(_Reason, _State) ->
    lists:foreach(fun flush_handler/1, logger:get_handler_config()),
    end_user(whereis(user)).

flush_handler(#{id := Id, module := logger_std_h}) ->
    logger_std_h:filesync(Id);
flush_handler(_Handler) ->
    ok.

end_user(undefined) ->
    ok;
end_user(User) ->
    %% Answered when all that came before it is written.
    _ = io:put_chars(User, []),
    exit(User, kill).
