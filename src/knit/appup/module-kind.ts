import { inBeamFile, readExports } from "../../beam/index.ts";
import type { ModuleCode } from "../code/index.ts";
import type { Behaviours, OtpBehaviour, ResolvedBehaviour } from "./behaviours.ts";

/** What an upgrade has to know of a module: what the processes are that run it. */
export interface ModuleKind {
  /** `special`: a process that handles system messages by itself. `process`: one with a `code_change` and no known behaviour. */
  readonly family: OtpBehaviour | "special" | "process" | "plain";
  /** Whether the module converts states of processes. */
  readonly changesCode: boolean;
  /** The behaviours between it and that of OTP; none if it has that itself. */
  readonly bases: readonly string[];
  /** How that was told, for explanations: `gen_server, exports code_change/3`. */
  readonly description: string;
}

/** The arity of `code_change` that each behaviour calls. */
const CODE_CHANGE_ARITY: Readonly<Partial<Record<OtpBehaviour, number>>> = {
  gen_server: 3,
  gen_event: 3,
  gen_statem: 4,
  gen_fsm: 4,
};

/** Tells what a module is, by its behaviour and its exported functions. Throws `beam_malformed`. */
export function kindOfModule(module: ModuleCode, behaviours: Behaviours): ModuleKind {
  const resolved = behaviours.resolve(module);
  if (resolved !== undefined) return kindOfBehaviour(module, resolved);
  const exported = exportsOf(module);
  if (exported.has("system_code_change/4")) {
    return {
      family: "special",
      changesCode: true,
      bases: [],
      description: "special process, exports system_code_change/4",
    };
  }
  const found = ["code_change/3", "code_change/4"].find((name) => exported.has(name));
  if (found !== undefined) return { family: "process", changesCode: true, bases: [], description: `exports ${found}` };
  return { family: "plain", changesCode: false, bases: [], description: "no process of its own" };
}

function kindOfBehaviour(module: ModuleCode, { behaviour, chain }: ResolvedBehaviour): ModuleKind {
  const name = chain.join(" on ");
  const bases = chain.slice(0, -1);
  const arity = CODE_CHANGE_ARITY[behaviour];
  if (arity === undefined) return { family: behaviour, changesCode: false, bases, description: name };
  const changesCode = exportsOf(module).has(`code_change/${arity}`);
  const description = `${name}, ${changesCode ? "exports" : "has no"} code_change/${arity}`;
  return { family: behaviour, changesCode, bases, description };
}

/** The exported functions of a module, as `name/arity`. */
export function exportsOf(module: ModuleCode): ReadonlySet<string> {
  return inBeamFile(module.file, () => new Set(readExports(module.beam).map(({ name, arity }) => `${name}/${arity}`)));
}
