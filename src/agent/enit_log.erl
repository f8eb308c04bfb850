%% Keeps the output file of a detached VM within bounds.
%%
%% The file is the VM's own stdout and stderr, opened to append: when it has grown too long its
%% content moves to FILE.1, which enit made beforehand, and the next line starts it anew. Lines
%% that are written between the two steps are lost.
-module(enit_log).
-behaviour(gen_server).

-export([start/1]).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(INTERVAL, 10_000).

-type log() :: #{file := file:filename(), max_bytes := pos_integer()}.

-spec start(log()) -> ok.
start(Log) ->
    Child = #{id => ?MODULE, start => {?MODULE, start_link, [Log]}},
    {ok, _Pid} = supervisor:start_child(kernel_safe_sup, Child),
    ok.

-spec start_link(log()) -> {ok, pid()}.
start_link(Log) ->
    {ok, _Pid} = gen_server:start_link({local, ?MODULE}, ?MODULE, Log, []).

init(Log) ->
    {ok, Log, ?INTERVAL}.

handle_info(timeout, #{file := File, max_bytes := Max} = Log) ->
    _ = case filelib:file_size(File) > Max of
            true -> rotate(File);
            false -> ok
        end,
    {noreply, Log, ?INTERVAL}.

handle_call(rotate, _From, #{file := File} = Log) ->
    {reply, rotate(File), Log, ?INTERVAL}.

handle_cast(_Request, Log) ->
    {noreply, Log, ?INTERVAL}.

rotate(File) ->
    case file:copy(File, File ++ ".1") of
        {ok, _Bytes} -> truncate(File);
        {error, Reason} -> {error, Reason}
    end.

truncate(File) ->
    case file:open(File, [read, write, raw]) of
        {ok, Device} ->
            Result = file:truncate(Device),
            ok = file:close(Device),
            Result;
        {error, Reason} ->
            {error, Reason}
    end.
