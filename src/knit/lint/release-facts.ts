import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ReleaseSpec, listDirectoryIfAny, readFileIfAny } from "../../otp/index.ts";
import { describeNativeFile } from "../../system/index.ts";
import type { OlderRelease } from "../older/index.ts";
import { isNativeCode, readNativeCode } from "../tree/native-files.ts";
import type { ReleaseFacts } from "./facts.ts";

/** What a release in a directory says besides its code. Native code is read of `applications` alone. */
export function factsOfTree(root: string, spec: ReleaseSpec, applications: Iterable<string>): ReleaseFacts {
  const wanted = new Set(applications);
  const place = join(root, "releases", spec.vsn);
  const sysConfig = readFileIfAny(join(place, "sys.config"));
  const vmArgs = readFileIfAny(join(place, "vm.args"));
  const emulator = join(root, `erts-${spec.ertsVersion}`, "bin", "erlexec");
  const machine = existsSync(emulator) ? describeNativeFile(emulator) : undefined;
  const native = spec.applications.filter(({ name }) => wanted.has(name));
  return {
    spec,
    ...(sysConfig && { sysConfig: { file: join(place, "sys.config"), content: sysConfig } }),
    ...(vmArgs && { vmArgs: vmArgs.toString() }),
    hasReleasesFile: existsSync(join(root, "releases", "RELEASES")),
    archives: (listDirectoryIfAny(join(root, "lib")) ?? []).flatMap((name) => archived(name) ?? []),
    ...(machine && { machine }),
    nativeCode: new Map(native.map(({ name, vsn }) => [name, readNativeCode(join(root, "lib", `${name}-${vsn}`))])),
  };
}

/** As `factsOfTree`, of a release that was read from its tarball, of which the machine is not known. */
export function factsOfTarball({ file, spec, files, hasReleasesFile, libraries }: OlderRelease): ReleaseFacts {
  const [sysConfig, vmArgs] = [files.get("sys.config"), files.get("vm.args")];
  const packed = spec.applications.flatMap(({ name, vsn }) => {
    const library = libraries.get(`${name}-${vsn}`);
    return library === undefined ? [] : [{ name, library }];
  });
  return {
    spec,
    ...(sysConfig && { sysConfig: { file: `${file}:releases/${spec.vsn}/sys.config`, content: sysConfig } }),
    ...(vmArgs && { vmArgs: new TextDecoder().decode(vmArgs) }),
    hasReleasesFile,
    archives: packed.flatMap(({ name, library }) => (library.isArchive ? [name] : [])),
    nativeCode: new Map(packed.map(({ name, library }) => [name, nativeCodeIn(library.priv)])),
  };
}

function nativeCodeIn(priv: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...priv].filter(([path]) => isNativeCode(path)));
}

/** The application of an archive: `relex` of `relex-1.0.ez`. */
function archived(name: string): string | undefined {
  return /^(.+)-[^-]+\.ez$/.exec(name)?.[1];
}
