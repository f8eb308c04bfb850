import { type ApplicationCode, readApplicationCode } from "../../../src/knit/code/index.ts";
import { Behaviours, type MadeAppup, makeAppup } from "../../../src/knit/appup/index.ts";
import { type Term, printTerm } from "../../../src/term/index.ts";
import type { Oracle } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { type ErlangApplication, writeErlangApplication } from "../erlang-application.ts";

/** The sources of modules by name. */
export type Modules = Readonly<Record<string, string>>;

/** Two versions of the application `a`, compiled, removed at the end of the scope. */
export interface CompiledPair extends Disposable {
  readonly dir: TempDir;
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
}

/** Compiles the versions 1 and 2 of the application `a`. */
export async function compilePair(
  vm: Oracle,
  from: Modules,
  to: Modules,
  more: Partial<ErlangApplication> = {},
): Promise<CompiledPair> {
  const dir = tempDir();
  const write = async (vsn: string, modules: Modules): Promise<ApplicationCode> =>
    readApplicationCode(await writeErlangApplication(vm, dir, `lib/a-${vsn}`, { name: "a", vsn, modules, ...more }));
  return { dir, from: await write("1", from), to: await write("2", to), [Symbol.dispose]: dir[Symbol.dispose] };
}

/** Makes the instructions from one version to the other. */
export function makeFor(
  { from, to }: CompiledPair,
  declared: Readonly<Record<string, string>> = {},
  more: { readonly isPermanent?: boolean } = {},
): MadeAppup {
  return makeAppup({ from, to, behaviours: new Behaviours(new Map(Object.entries(declared)), [to, from]), ...more });
}

/** The instructions of both ways, one a line. */
export function shown({ up, down }: { readonly up: readonly Term[]; readonly down: readonly Term[] }): {
  up: string[];
  down: string[];
} {
  return { up: up.map(show), down: down.map(show) };
}

function show(term: Term): string {
  return printTerm(term, { format: "tw" });
}

/** Compiles two versions and gives the instructions, one a line. */
export async function appupBetween(
  vm: Oracle,
  from: Modules,
  to: Modules,
  declared: Readonly<Record<string, string>> = {},
): Promise<{ up: string[]; down: string[]; warnings: string[] }> {
  using pair = await compilePair(vm, from, to);
  const made = makeFor(pair, declared);
  return { ...shown(made), warnings: made.warnings.map(({ code, module }) => `${code} ${module}`) };
}
