%% Tracing for whoever is in `enit remsh`: opens a trace port or a trace file, and traces calls. What it opens is read by
%% `enit traceip` and `enit tracefile`; everything else is done with dbg, which `dbg:stop()` ends.
-module(enitdbg).

-export([ip/1, file/1, mod/1, fn/2]).

%% Calls with what they return or throw.
-define(CALLS, [{'_', [], [{exception_trace}]}]).

%% Opens a trace port and gives its number: the given one, or a free one for 0. It is reachable from other hosts as well.
-spec ip(inet:port_number()) -> {ok, inet:port_number()} | {error, term()}.
ip(Number) when is_integer(Number), Number >= 0, Number =< 65535 ->
    case start(ip, Number) of
        {ok, Port} ->
            <<0, Opened:16>> = iolist_to_binary(port_control(Port, $p, [])),
            {ok, Opened};
        {error, _} = Error ->
            Error
    end.

%% Traces to a file; takes what dbg:trace_port(file, ...) takes: a name, or {Name, wrap, Suffix, Size, Count}.
-spec file(term()) -> ok | {error, term()}.
file(Name) ->
    case start(file, Name) of
        {ok, _Port} -> ok;
        {error, _} = Error -> Error
    end.

%% Traces all calls of the functions of a module, by all processes. Gives how many functions there are.
-spec mod(module()) -> {ok, pos_integer()} | {error, term()}.
mod(Module) -> trace(Module, '_').

%% Traces all calls of the functions of this name, of any arity.
-spec fn(module(), atom()) -> {ok, pos_integer()} | {error, term()}.
fn(Module, Function) -> trace(Module, Function).

start(Type, Spec) ->
    case find_dbg() of
        ok ->
            case dbg:tracer(port, dbg:trace_port(Type, Spec)) of
                {ok, _Server} -> dbg:get_tracer();
                {error, _} = Error -> Error
            end;
        {error, _} = Error ->
            Error
    end.

trace(Module, Function) ->
    case {whereis(dbg), load(Module)} of
        {undefined, _} -> {error, no_tracer};
        {_, {error, Reason}} -> {error, {Reason, Module}};
        {_, {module, _}} ->
            case dbg:p(all, [call]) of
                {ok, _} -> matched(dbg:tpl(Module, Function, ?CALLS), Module, Function);
                {error, _} = Error -> Error
            end
    end.

matched({ok, Matches}, Module, Function) ->
    case proplists:get_value(node(), [{Node, Count} || {matched, Node, Count} <- Matches], 0) of
        0 -> {error, {no_function, {Module, Function}}};
        Count -> {ok, Count}
    end;
matched({error, _} = Error, _Module, _Function) ->
    Error.

%% dbg is of runtime_tools, which a release need not have: then it is that of the OTP which runs.
find_dbg() ->
    case load(dbg) of
        {module, dbg} ->
            ok;
        {error, _} ->
            Pattern = filename:join([code:lib_dir(), "runtime_tools-*", "ebin"]),
            _ = [code:add_pathz(Directory) || Directory <- filelib:wildcard(Pattern)],
            case load(dbg) of
                {module, dbg} -> ok;
                {error, _} -> {error, no_runtime_tools}
            end
    end.

%% In embedded mode nothing is loaded unless by name.
load(Module) ->
    case code:ensure_loaded(Module) of
        {error, embedded} -> code:load_file(Module);
        Result -> Result
    end.
