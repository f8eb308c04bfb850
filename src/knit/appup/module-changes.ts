import { countLiterals, inBeamFile, openLiterals, readUsedModules } from "../../beam/index.ts";
import type { Term } from "../../term/index.ts";
import { type ApplicationCode, type ModuleCode, compareModules } from "../code/index.ts";
import { type UpgradeAttributes, readUpgradeAttributes } from "./attributes.ts";
import type { Behaviours } from "./behaviours.ts";
import type { Treatment } from "./instructions.ts";
import { type ModuleKind, kindOfModule } from "./module-kind.ts";
import type { AppupWarning } from "./warning.ts";

/** Two versions of an application, as an upgrade sees them: only the modules that the application file lists. */
export interface VersionPair {
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
  readonly behaviours: Behaviours;
}

/** A module that is in the newer version, and in the older one with other code or not at all. */
export interface ModuleChange {
  readonly name: string;
  readonly isNew: boolean;
  /** What differs; nothing for one that is here for what other modules became. */
  readonly difference: "code" | "attributes" | "nothing";
  /** That of the newer version. */
  readonly module: ModuleCode;
  readonly kind: ModuleKind;
  readonly attributes: UpgradeAttributes;
  readonly treatment: Treatment;
  /** The modules whose functions it calls by name. */
  readonly uses: readonly string[];
}

/** What differs between two versions. */
export interface PairChanges {
  /** New and changed modules by name. */
  readonly changes: ReadonlyMap<string, ModuleChange>;
  /** The modules that only the older version has. */
  readonly removed: ReadonlyMap<string, ModuleCode>;
}

/**
 * Leaves out the modules that the application file does not list: OTP refuses instructions for them, since it would not know
 * to which application they belong.
 */
export function onlyListed(application: ApplicationCode, warn: (warning: AppupWarning) => void): ApplicationCode {
  const listed = new Set(application.spec.modules);
  const stray = [...application.modules.keys()].filter((name) => !listed.has(name));
  if (stray.length === 0) return application;
  const { name, version, spec, modules } = application;
  for (const module of stray) {
    const message = `${name} ${version}: the module ${module} is in ebin, but ${spec.file} does not list it, so no upgrade loads it`;
    warn({ code: "module_not_listed", module, message });
  }
  return { ...application, modules: new Map([...modules].filter(([module]) => listed.has(module))) };
}

/** Finds what differs, and what is to be done about it. Throws `attribute_invalid`, `beam_malformed`. */
export function findModuleChanges(
  { from, to, behaviours }: VersionPair,
  warn: (warning: AppupWarning) => void,
): PairChanges {
  const { added, changed, removed } = compareModules(from, to);
  const changes = new Map<string, ModuleChange>();
  for (const name of [...added, ...changed]) {
    const module = to.modules.get(name);
    if (module === undefined) continue;
    const before = from.modules.get(name);
    const kind = kindOfModule(module, behaviours);
    const attributes = readUpgradeAttributes(module);
    const treatment = treatmentOf(name, before && kindOfModule(before, behaviours), kind, attributes, warn);
    changes.set(name, {
      name,
      isNew: before === undefined,
      difference: before?.md5 === module.md5 ? "attributes" : "code",
      module,
      kind,
      attributes,
      treatment,
      uses: usedModules(module),
    });
  }
  const gone = removed.flatMap((name) => {
    const module = from.modules.get(name);
    return module === undefined ? [] : [[name, module] as const];
  });
  return { changes, removed: new Map(gone) };
}

/**
 * A module that both versions have alike, and that is updated `because` of others. What its attributes say of how it is
 * updated counts; what they ask for besides does not.
 */
export function unchangedModule(
  module: ModuleCode,
  { kind, because }: { readonly kind: ModuleKind; readonly because: string },
): ModuleChange {
  return {
    name: module.name,
    isNew: false,
    difference: "nothing",
    module,
    kind: { ...kind, description: `${kind.description}, ${because}` },
    attributes: { ...readUpgradeAttributes(module), depends: [], apply: [], applyDown: [] },
    treatment: kind.family === "supervisor" ? "supervisor" : "advanced",
    uses: usedModules(module),
  };
}

/** The modules whose functions a module calls or names (`fun lists:max/1`), itself left out. Throws `beam_malformed`. */
export function usedModules({ file, beam }: ModuleCode): string[] {
  return inBeamFile(file, () => {
    const used = new Set(readUsedModules(beam, () => NONE));
    // A fun of another module is a literal, and no import.
    const literal = openLiterals(beam);
    for (let index = countLiterals(beam) - 1; index >= 0; index--) addFunModules(literal(index), used);
    used.delete(beam.module);
    return [...used];
  });
}

const NONE: ReadonlySet<string> = new Set();

function addFunModules(term: Term, modules: Set<string>): void {
  if (term.kind === "export") modules.add(term.module);
  else if (term.kind === "tuple" || term.kind === "list")
    for (const each of term.elements) addFunModules(each, modules);
  else if (term.kind === "map") for (const each of term.entries.flat()) addFunModules(each, modules);
}

function treatmentOf(
  module: string,
  before: ModuleKind | undefined,
  kind: ModuleKind,
  { extra }: UpgradeAttributes,
  warn: (warning: AppupWarning) => void,
): Treatment {
  const isKept = before === undefined || isSameFamily(before.family, kind.family);
  if (!isKept) {
    const message = `${module} was of another kind (${before.description}; now ${kind.description}): what runs of it cannot be converted`;
    warn({ code: "kind_changed", module, message });
  }
  const treatment = isKept ? treatmentOfKind(kind, extra !== undefined) : "load";
  if (extra !== undefined && before !== undefined && treatment !== "advanced") {
    const message = `${module} has the attribute knit_extra, but no code_change that would get it (${kind.description})`;
    warn({ code: "extra_unused", module, message });
  }
  return treatment;
}

/** A module that does not say what it is may have been the same all the time. */
function isSameFamily(before: ModuleKind["family"], after: ModuleKind["family"]): boolean {
  if (before === after || before === "plain") return true;
  return [before, after].includes("process") && ![before, after].some((family) => WITHOUT_CODE_CHANGE.has(family));
}

const WITHOUT_CODE_CHANGE = new Set<ModuleKind["family"]>(["plain", "supervisor", "supervisor_bridge"]);

function treatmentOfKind({ family, changesCode, bases }: ModuleKind, hasExtra: boolean): Treatment {
  if (family === "supervisor") return "supervisor";
  if (family === "plain" || family === "supervisor_bridge") return "load";
  // The code_change that is called is that of the behaviour it is built on: who gives it an argument wants it called.
  return changesCode || (bases.length > 0 && hasExtra) ? "advanced" : "soft";
}
