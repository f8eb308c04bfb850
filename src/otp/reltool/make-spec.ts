import { EnitError } from "../../error/index.ts";
import { compareText } from "../../term/index.ts";
import { formatStartErlData } from "../start-erl-data.ts";
import { filterSpec } from "./filter-spec.ts";
import { libSpec } from "./lib-spec.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { releaseFiles } from "./release-files.ts";
import { type RootSpec, rootSpec } from "./root-spec.ts";
import type { SpecItem, WriteFile } from "./spec.ts";
import type { System } from "./system.ts";

/**
 * Makes the target specification of a system that was analysed, equal to that of `reltool:get_target_spec/1`; the order
 * inside directories, which is reltool's by chance, is by name here.
 *
 * Throws what its parts throw, and `directory_not_included` if filters leave nothing of what every system needs.
 */
export function makeSpec(system: System, warn: (warning: ReltoolWarning) => void): SpecItem[] {
  const { sys, apps } = system;
  const erts = apps.find(({ name }) => name === "erts");
  const boot = sys.rels.find(({ name }) => name === sys.bootRel);
  if (erts === undefined || boot === undefined) throw new TypeError("a system has erts and a boot release");
  const rels = sys.rels.toSorted((a, b) => compareText(a.name, b.name));
  const releases = rels.map((rel) => releaseFiles(rel, erts, system));
  const root = sys.exclLib ? withoutRoot(system) : rootSpec(system, erts, bootFiles(releases, sys.bootRel), warn);
  const start: WriteFile = {
    kind: "write_file",
    name: "start_erl.data",
    content: new TextEncoder().encode(formatStartErlData({ ertsVersion: erts.vsn, vsn: boot.vsn })),
  };
  const releasesDir: SpecItem = {
    kind: "create_dir",
    name: "releases",
    items: [start, { kind: "create_dir", name: boot.vsn, items: releases.flat() }],
  };
  const spec: SpecItem[] = [
    ...filterSpec([releasesDir, ...root.items], root.incl, root.excl),
    { kind: "create_dir", name: "lib", items: libSpec(system, warn) },
  ];
  for (const prefix of sys.exclLib ? ["lib"] : ["bin", "erts", "lib"]) {
    if (!spec.some(({ name }) => name.startsWith(prefix))) throw notIncluded(prefix);
  }
  return spec;
}

function withoutRoot({ sys }: System): RootSpec {
  return { items: [], ...sys.sysFilters };
}

/** The boot files of all releases, and `start.boot`, which is that of the one to boot. */
function bootFiles(releases: readonly (readonly WriteFile[])[], bootRel: string): WriteFile[] {
  const files = releases.flat().filter(({ name }) => name.endsWith(".boot"));
  const boot = files.find(({ name }) => name === `${bootRel}.boot`);
  if (boot === undefined) return files;
  const start: WriteFile = { ...boot, name: "start.boot" };
  return files.some(({ name }) => name === start.name)
    ? files.map((file) => (file.name === start.name ? start : file))
    : [...files, start];
}

function notIncluded(name: string): EnitError {
  return new EnitError("directory_not_included", `cannot make a target system: the filters leave out "${name}"`, {
    kind: "input",
    hint: "Change incl_sys_filters or excl_sys_filters.",
    data: { name },
  });
}
