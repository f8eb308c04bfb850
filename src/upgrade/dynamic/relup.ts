import {
  type Appup,
  findApplications,
  type InstalledLibrary,
  makeRelup,
  type OtpInstallation,
  readApplication,
  readAppupIfAny,
  type ReleaseSpec,
  type StartType,
} from "../../otp/index.ts";
import { join } from "node:path";
import {
  atom,
  atomName,
  isAtom,
  isTagged,
  isTuple,
  list,
  listElements,
  string,
  type Term,
  tuple,
} from "../../term/index.ts";

/** A release as it starts: its applications in their directories, and as what each starts. */
export interface StartedRelease {
  readonly name: string;
  readonly version: string;
  readonly ertsVersion: string;
  readonly libraries: readonly InstalledLibrary[];
  /** What is in none of them is loaded only: an included application, for one. */
  readonly starts: readonly (readonly [application: string, type: StartType])[];
}

export interface DynamicRelup {
  readonly relup: Term;
  readonly warnings: readonly string[];
}

/**
 * Makes the relup from one generation of a release to the next, and back.
 *
 * A permanent application that does not start would end the VM; so applications start temporary first, and become
 * what they are meant to be once they run. Throws what `makeRelup` throws.
 */
export function makeDynamicRelup(
  from: StartedRelease,
  to: StartedRelease,
  { otp, appups }: { readonly otp: OtpInstallation; readonly appups: ReadonlyMap<string, Appup> },
): DynamicRelup {
  const specs = [...to.libraries, ...from.libraries].map(({ name, dir }) =>
    readApplication(join(dir, "ebin", `${name}.app`)),
  );
  const older = [{ release: specOf(from) }];
  const made = makeRelup(specOf(to), {
    otp,
    applications: findApplications({ specs }),
    readAppup: ({ name, ebinDir }) => appups.get(name) ?? readAppupIfAny(join(ebinDir, `${name}.appup`)),
    up: older,
    down: older,
  });
  const [up, down] = [made.up, made.down].map((ways) =>
    ways.flatMap(({ instructions }) => instructions).flatMap(startSafely),
  );
  const way = (instructions: readonly Term[] = []): Term =>
    list([tuple(string(from.version), string(""), list(instructions))]);
  return {
    relup: tuple(string(to.version), way(up), way(down)),
    warnings: made.warnings.map(({ message }) => message),
  };
}

function specOf({ name, version, ertsVersion, libraries, starts }: StartedRelease): ReleaseSpec {
  const types = new Map(starts);
  return {
    name,
    vsn: version,
    ertsVersion,
    applications: libraries.map((library) =>
      library.name === "kernel" || library.name === "stdlib"
        ? { name: library.name, vsn: library.vsn }
        : { name: library.name, vsn: library.vsn, type: types.get(library.name) ?? "load" },
    ),
  };
}

/** `{apply, {application, start, [Application, Type]}}` becomes a start and a change of its type. */
function startSafely(instruction: Term): Term[] {
  const call = isTagged(instruction, "apply", 2) ? instruction.elements[1] : undefined;
  const [module, functionName, args] = isTuple(call, 3) ? call.elements : [];
  const [application, type] = listElements(args) ?? [];
  if (!isAtom(module, "application") || !isAtom(functionName, "start") || application === undefined)
    return [instruction];
  const start = (by: string, as: string): Term =>
    tuple(atom("apply"), tuple(atom(by), atom("start"), list([application, atom(as)])));
  const word = atomName(type) ?? "permanent";
  const first = start("application", "temporary");
  return word === "temporary" ? [first] : [first, start("enit_application", word)];
}
