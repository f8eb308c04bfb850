%% Names and addresses for the VM of `enit remsh`, which reaches one node alone.
%%
%% A node with inet_dist_use_interface listens on one address only, which need not be the one that
%% the host of its name stands for. `-enit_address` says which it is; see `-epmd_module` of erl(1).
-module(enit_epmd).

-export([start_link/0, register_node/2, register_node/3, names/1, port_please/2, port_please/3,
         listen_port_please/2, address_please/3]).

start_link() -> erl_epmd:start_link().

register_node(Name, Port) -> erl_epmd:register_node(Name, Port).

register_node(Name, Port, Family) -> erl_epmd:register_node(Name, Port, Family).

names(Host) -> erl_epmd:names(Host).

%% The node is on this machine, as is the epmd that knows it.
port_please(Name, _Host) -> erl_epmd:port_please(Name, loopback()).

port_please(Name, _Host, Timeout) -> erl_epmd:port_please(Name, loopback(), Timeout).

listen_port_please(Name, Host) -> erl_epmd:listen_port_please(Name, Host).

address_please(_Name, _Host, _Family) ->
    {ok, [[Text]]} = init:get_argument(enit_address),
    inet:parse_address(Text).

loopback() -> {127, 0, 0, 1}.
