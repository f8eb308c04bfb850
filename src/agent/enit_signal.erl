%% Stops the VM in order when the terminal of a release in the foreground goes away.
%%
%% Without it SIGHUP ends the VM on the spot. SIGTERM stops it in order already, by OTP's handler.
-module(enit_signal).
-behaviour(gen_event).

-export([stop_on_hangup/0]).
-export([init/1, handle_event/2, handle_call/2]).

-spec stop_on_hangup() -> ok.
stop_on_hangup() ->
    ok = gen_event:add_handler(erl_signal_server, ?MODULE, []),
    os:set_signal(sighup, handle).

init([]) ->
    {ok, []}.

handle_event(sighup, State) ->
    ok = init:stop(),
    {ok, State};
handle_event(_Signal, State) ->
    {ok, State}.

handle_call(_Request, State) ->
    {ok, ok, State}.
