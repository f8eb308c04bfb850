%% Names and addresses for the VM of `enit remsh`, which reaches one node alone.
%%
%% A node with inet_dist_use_interface listens on one address only, which need not be the one that
%% the host of its name stands for. `-enit_address` says which it is. `-enit_port` says the port of
%% a node without epmd; the shell itself then is known to no epmd either. See `-epmd_module` of
%% erl(1).
-module(enit_epmd).

-export([start_link/0, register_node/2, register_node/3, names/1, port_please/2, port_please/3,
         listen_port_please/2, address_please/3]).

%% Of the distribution protocol: that of OTP 23 and later.
-define(PROTOCOL, 6).

start_link() -> erl_epmd:start_link().

register_node(Name, Port) -> register_node(Name, Port, inet).

register_node(Name, Port, Family) ->
    case port() of
        %% As erl_epmd answers with `-erl_epmd_port`: the node is to choose its creation itself.
        {ok, _NodePort} -> {ok, -1};
        undefined -> erl_epmd:register_node(Name, Port, Family)
    end.

names(Host) -> erl_epmd:names(Host).

port_please(Name, Host) -> port_please(Name, Host, infinity).

%% The node is on this machine, as is the epmd that knows it.
port_please(Name, _Host, Timeout) ->
    case port() of
        {ok, Port} -> {port, Port, ?PROTOCOL};
        undefined -> erl_epmd:port_please(Name, loopback(), Timeout)
    end.

listen_port_please(_Name, _Host) -> {ok, 0}.

address_please(Name, Host, Family) ->
    case init:get_argument(enit_address) of
        {ok, [[Text]]} -> inet:parse_address(Text);
        error -> erl_epmd:address_please(Name, Host, Family)
    end.

port() ->
    case init:get_argument(enit_port) of
        {ok, [[Text]]} -> {ok, list_to_integer(Text)};
        error -> undefined
    end.

loopback() -> {127, 0, 0, 1}.
