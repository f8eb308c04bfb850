import { atomName } from "../../term/index.ts";
import { type ApplicationCode, type ModuleCode, isSameModule } from "../code/index.ts";

/** The behaviours of OTP whose processes an upgrade treats in a way of their own. */
const OTP_BEHAVIOURS = ["supervisor", "supervisor_bridge", "gen_server", "gen_statem", "gen_event", "gen_fsm"] as const;

export type OtpBehaviour = (typeof OTP_BEHAVIOURS)[number];

/** Behaviours of Elixir, whose modules do not name those of OTP that they are built on. */
const ELIXIR_BEHAVIOURS: ReadonlyMap<string, OtpBehaviour> = new Map([
  ["Elixir.GenServer", "gen_server"],
  ["Elixir.Supervisor", "supervisor"],
]);

/** The behaviour of OTP that a module has, and the behaviours that lead there: `["my_server", "gen_server"]`. */
export interface ResolvedBehaviour {
  readonly behaviour: OtpBehaviour;
  readonly chain: readonly string[];
}

/** What is asked of the modules of two releases: above all, what behaviours are built on. */
export class Behaviours {
  readonly #declared: ReadonlyMap<string, string>;
  readonly #applications: readonly ApplicationCode[];
  readonly #found = new Map<string, ModuleCode | undefined>();

  /**
   * `declared`: what a behaviour is built on, by name, as the option `behaviours` says. `applications`: where the modules of
   * behaviours are looked for, the first that has one counts: those of the newer release before those of the older.
   */
  constructor(declared: ReadonlyMap<string, string>, applications: readonly ApplicationCode[]) {
    this.#declared = declared;
    this.#applications = applications;
  }

  /** The behaviour of OTP that a module has, the nearest one; `undefined` if there is none. Throws `beam_malformed`. */
  resolve(module: ModuleCode): ResolvedBehaviour | undefined {
    const seen = new Set<string>();
    let level = readBehaviours(module).map((name): readonly string[] => [name]);
    while (level.length > 0) {
      for (const chain of level) {
        const behaviour = OTP_BEHAVIOURS.find((each) => each === chain.at(-1));
        if (behaviour !== undefined) return { behaviour, chain };
      }
      level = level.flatMap((chain) => this.#basesOf(chain.at(-1) ?? "", seen).map((base) => chain.concat(base)));
    }
    return undefined;
  }

  /**
   * The module of this name, if both releases have the same one, or only one of them has it; not for those of kernel and
   * stdlib, whose functions are known.
   */
  findModule(name: string): ModuleCode | undefined {
    if (this.#found.has(name)) return this.#found.get(name);
    const all = this.#applications.flatMap((application) =>
      application.name === "kernel" || application.name === "stdlib" ? [] : (application.modules.get(name) ?? []),
    );
    const [first, ...others] = all;
    const found = first !== undefined && others.every((other) => isSameModule(first, other)) ? first : undefined;
    this.#found.set(name, found);
    return found;
  }

  #basesOf(behaviour: string, seen: Set<string>): readonly string[] {
    if (seen.has(behaviour)) return [];
    seen.add(behaviour);
    const declared = this.#declared.get(behaviour) ?? ELIXIR_BEHAVIOURS.get(behaviour);
    if (declared !== undefined) return [declared];
    for (const { modules } of this.#applications) {
      const module = modules.get(behaviour);
      if (module !== undefined) return readBehaviours(module);
    }
    return [];
  }
}

/** What a module names as its behaviours, in both spellings. */
function readBehaviours({ attributes }: ModuleCode): string[] {
  return attributes
    .filter(({ name }) => name === "behaviour" || name === "behavior")
    .flatMap(({ values }) => values.flatMap((value) => atomName(value) ?? []));
}
