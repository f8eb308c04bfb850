%% Has release_handler install a release, and watches it: what it evaluates, which processes it asked to suspend and
%% to change their code, and what they answered. release_handler itself does not tell: it passes over a process that
%% does not suspend in time.
-module(enit_install).

-export([run/3, restart/0]).

-export_type([seen/0]).

-type seen() :: {suspend, pid(), Answer :: term()} | {change_code, pid(), module(), Answer :: term()}.

%% What is traced of release_handler, and of nobody else: the function, and what stands in a message about its call.
-define(WATCHED, [{{release_handler_1, eval, 2}, [{['$1', '_'], [], [{message, '$1'}]}]},
                  {{sys, suspend, 1}, [{['$1'], [], [{message, ['$1']}, {exception_trace}]}]},
                  {{sys, suspend, 2}, [{['$1', '_'], [], [{message, ['$1']}, {exception_trace}]}]},
                  {{sys, change_code, 4}, [{['$1', '$2', '_', '_'], [], [{message, ['$1', '$2']}, {exception_trace}]}]},
                  {{sys, change_code, 5}, [{['$1', '$2', '_', '_', '_'], [],
                                            [{message, ['$1', '$2']}, {exception_trace}]}]}]).

%% Listener gets `{enit_install, {instruction, Instruction}}` as each is evaluated, the modules of one that loads object
%% code left out, and `{enit_install, {done, Result}}`. Microseconds is what release_handler took. `unwatched`: somebody else traces it.
-spec run(Version :: string(), Options :: [term()], Listener :: pid()) ->
          {Result :: term(), Microseconds :: non_neg_integer(), [seen()] | unwatched}.
run(Version, Options, Listener) ->
    Watch = watch(whereis(release_handler), Listener),
    Begin = erlang:monotonic_time(microsecond),
    Result = release_handler:install_release(Version, Options),
    Time = erlang:monotonic_time(microsecond) - Begin,
    %% At once: release_handler may have told init to start the VM anew, which ends this process.
    tell(Listener, {done, Result}),
    {Result, Time, unwatch(Watch)}.

%% Starts the VM anew within its process. Tracing ends before the code that is traced.
-spec restart() -> ok.
restart() ->
    case whereis(?MODULE) of
        undefined ->
            ok;
        Watcher ->
            Monitor = erlang:monitor(process, Watcher),
            Watcher ! stop,
            receive {'DOWN', Monitor, process, Watcher, _Reason} -> ok end
    end,
    init:restart().

watch(Handler, Listener) ->
    Self = self(),
    {Watcher, Monitor} = spawn_monitor(fun() -> start_watching(Self, Handler, Listener) end),
    receive
        {Watcher, watching} -> {Watcher, Monitor};
        {'DOWN', Monitor, process, Watcher, _Reason} -> none
    end.

unwatch(none) ->
    unwatched;
unwatch({Watcher, Monitor}) ->
    Watcher ! {self(), done},
    receive
        {Watcher, Seen} -> Seen;
        {'DOWN', Monitor, process, Watcher, _Reason} -> unwatched
    end.

%% The tracing ends with its tracer, whatever happens to it.
start_watching(Owner, Handler, Listener) ->
    true = register(?MODULE, self()),
    _ = erlang:monitor(process, Owner),
    _ = [code:ensure_loaded(Module) || Module <- [trace, release_handler_1]],
    Trace = begin_trace(erlang:function_exported(trace, session_create, 3), Handler),
    Owner ! {self(), watching},
    Seen = loop(Owner, Handler, Listener, Trace, undefined, []),
    end_trace(Trace, Handler),
    Owner ! {self(), Seen}.

loop(Owner, Handler, Listener, Trace, Asked, Seen) ->
    receive
        {trace, _, call, {release_handler_1, eval, 2}, Instruction} ->
            tell(Listener, {instruction, short(Instruction)}),
            loop(Owner, Handler, Listener, Trace, undefined, Seen);
        {trace, _, call, _Mfa, NowAsked} ->
            loop(Owner, Handler, Listener, Trace, NowAsked, Seen);
        {trace, _, return_from, Mfa, Value} ->
            answered(Owner, Handler, Listener, Trace, seen(Mfa, Asked, Value), Seen);
        {trace, _, exception_from, Mfa, {_Class, Reason}} ->
            answered(Owner, Handler, Listener, Trace, seen(Mfa, Asked, {failed, short(Reason)}), Seen);
        {Owner, done} when Trace =:= ended ->
            lists:reverse(Seen);
        {Owner, done} ->
            _ = delivered(Trace, Handler),
            loop(Owner, Handler, Listener, Trace, Asked, Seen);
        {trace_delivered, Handler, _Delivered} ->
            lists:reverse(Seen);
        stop ->
            end_trace(Trace, Handler),
            exit(normal);
        {'DOWN', _, process, Owner, _Reason} ->
            end_trace(Trace, Handler),
            exit(normal);
        _Other ->
            loop(Owner, Handler, Listener, Trace, Asked, Seen)
    end.

%% After a code_change that failed release_handler has the VM started anew: what is traced ends before that.
answered(Owner, Handler, Listener, Trace, {change_code, _, _, Answer} = Last, Seen) when Answer =/= ok ->
    end_trace(Trace, Handler),
    loop(Owner, Handler, Listener, ended, undefined, [Last | Seen]);
answered(Owner, Handler, Listener, Trace, Last, Seen) ->
    loop(Owner, Handler, Listener, Trace, undefined, [Last | Seen]).

%% Who listens may be gone: nobody is to wait for a connection to it.
tell(Listener, Event) ->
    _ = erlang:send(Listener, {?MODULE, Event}, [noconnect]),
    ok.

seen({sys, suspend, _}, [Pid], Answer) -> {suspend, Pid, Answer};
seen({sys, change_code, _}, [Pid, Module], Answer) -> {change_code, Pid, Module, Answer}.

short({load_object_code, {Application, Version, _Modules}}) -> {load_object_code, {Application, Version}};
short({timeout, _Call}) -> timeout;
short(Term) -> Term.

%% From OTP 27 on a session of its own, beside whoever else traces.
begin_trace(true, Handler) ->
    Session = trace:session_create(?MODULE, self(), []),
    1 = trace:process(Session, Handler, true, [call, arity]),
    [trace:function(Session, Mfa, Spec, [local]) || {Mfa, Spec} <- ?WATCHED],
    {session, Session};
begin_trace(false, Handler) ->
    1 = erlang:trace(Handler, true, [call, arity]),
    [erlang:trace_pattern(Mfa, Spec, [local]) || {Mfa, Spec} <- ?WATCHED],
    legacy.

end_trace(ended, _Handler) ->
    ok;
end_trace({session, Session}, _Handler) ->
    trace:session_destroy(Session);
end_trace(legacy, Handler) ->
    _ = is_process_alive(Handler) andalso erlang:trace(Handler, false, [call, arity]),
    [erlang:trace_pattern(Mfa, false, [local]) || {Mfa, _Spec} <- ?WATCHED].

delivered({session, Session}, Handler) -> trace:delivered(Session, Handler);
delivered(legacy, Handler) -> erlang:trace_delivered(Handler).
