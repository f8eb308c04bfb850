import { join } from "node:path";
import { type Oracle, oracle, otpInstallations } from "./otp.ts";
import { tempDir } from "./temp-dir.ts";

/** Makes versions of the application `stock`, which keeps a state and tells how it came to it. */
export interface StockMaker extends AsyncDisposable {
  /** Writes a version into a directory that holds applications, and gives its own directory. */
  readonly install: (libDir: string, version: string, options?: StockOptions) => Promise<string>;
}

export interface StockOptions {
  /** The name of the directory. Default: `stock-VERSION`. */
  readonly directory?: string;
  /** The body of `code_change(Old, {state, Made, Changes}, Extra)`. Default: `Old` is noted in `Changes`. */
  readonly codeChange?: string;
  /** Attributes of the server, in Erlang's syntax. */
  readonly attributes?: string;
  /** Further modules, as Erlang text by name. */
  readonly modules?: Readonly<Record<string, string>>;
  /** The text of `stock.appup`. */
  readonly appup?: string;
}

/** Compiles with the oldest OTP, so that all run it. */
export async function stockMaker(): Promise<StockMaker> {
  await using cleanup = new AsyncDisposableStack();
  const sources = cleanup.use(tempDir());
  const [otp] = otpInstallations();
  if (otp === undefined) throw new Error("no Erlang/OTP");
  const vm: Oracle = cleanup.use(await oracle(otp));
  const all = cleanup.move();
  return {
    install: async (libDir, version, options = {}) => {
      const { directory = `stock-${version}`, modules = {}, appup } = options;
      const ebin = join(libDir, directory, "ebin");
      const texts = { ...modules, stock_server: server(version, options), stock: APPLICATION };
      for (const [name, text] of Object.entries(texts)) {
        const file = sources.write(`${name}.erl`, `-module(${name}).\n${text}`);
        await vm.evaluate(
          `ok = filelib:ensure_dir("${ebin}/x"), {ok, _} = compile:file("${file}", [debug_info, {outdir, "${ebin}"}])`,
        );
      }
      await Bun.write(
        join(ebin, "stock.app"),
        `{application, stock, [{description, "a test"}, {vsn, "${version}"}, {modules, [${Object.keys(texts).join(", ")}]},
          {registered, [stock_server]}, {applications, [kernel, stdlib]}, {env, [{size, 1}]}, {mod, {stock, []}}]}.\n`,
      );
      if (appup !== undefined) await Bun.write(join(ebin, "stock.appup"), appup);
      return join(libDir, directory);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const APPLICATION = `
-behaviour(application).
-behaviour(supervisor).
-export([start/2, stop/1, init/1]).
start(_, _) -> supervisor:start_link(?MODULE, []).
stop(_) -> ok.
init([]) -> {ok, {{one_for_one, 1, 5}, [{server, {stock_server, start_link, []}, permanent, 5000, worker, [stock_server]}]}}.
`;

/** `stock_server:get/0` gives the version of the code, that of the start, and those that it changed from, the last one first. */
function server(version: string, { codeChange, attributes = "" }: StockOptions): string {
  return `
-behaviour(gen_server).
${attributes}
-vsn("${version}").
-export([start_link/0, get/0, serve/0, init/1, handle_call/3, handle_cast/2, code_change/3]).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
get() -> gen_server:call(?MODULE, get).
serve() -> receive stop -> ok end.
init([]) -> {ok, {state, "${version}", []}}.
handle_call(get, _, {state, Made, Changes} = State) -> {reply, {"${version}", Made, Changes}, State}.
handle_cast(_, State) -> {noreply, State}.
code_change(Old, {state, Made, Changes}, _Extra) -> ${codeChange ?? "{ok, {state, Made, [Old | Changes]}}"}.
`;
}
