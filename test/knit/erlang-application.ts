import type { Oracle } from "../support/otp.ts";
import type { TempDir } from "../support/temp-dir.ts";

/** An application to be compiled. */
export interface ErlangApplication {
  readonly name: string;
  readonly vsn: string;
  /** The source of each module, by name; `-module` and its dot are put before it. */
  readonly modules: Readonly<Record<string, string>>;
  /** More keys of the application file: `{mod, {relex_app, []}}`. */
  readonly keys?: readonly string[];
  /** Options of the compiler, in Erlang's syntax. Default: `debug_info`. */
  readonly options?: string;
  /** The text of the appup. */
  readonly appup?: string;
}

/** Compiles an application into a directory of this name, and gives the directory's path. */
export async function writeErlangApplication(
  vm: Oracle,
  dir: TempDir,
  directory: string,
  { name, vsn, modules, keys = [], options = "debug_info", appup }: ErlangApplication,
): Promise<string> {
  const names = Object.keys(modules);
  const properties = [
    `{description, "${name}"}`,
    `{vsn, "${vsn}"}`,
    `{modules, [${names.map((each) => `'${each}'`).join(", ")}]}`,
    "{registered, []}",
    "{applications, [kernel, stdlib]}",
    ...keys,
  ];
  dir.write(`${directory}/ebin/${name}.app`, `{application, ${name}, [${properties.join(", ")}]}.\n`);
  if (appup !== undefined) dir.write(`${directory}/ebin/${name}.appup`, appup);
  const sources = names.map((module) =>
    dir.write(`${directory}/src/${module}.erl`, `-module('${module}').\n${modules[module]}\n`),
  );
  await vm.evaluate(
    `[{ok, _} = compile:file(File, [{outdir, "${dir.join(directory, "ebin")}"}, return_errors, ${options}]) || File <- ${JSON.stringify(sources)}]`,
  );
  return dir.join(directory);
}
