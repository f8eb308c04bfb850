import { statSync } from "node:fs";
import { EnitError, toFileError } from "../../error/index.ts";
import { parseRelease, type ReleaseSpec } from "../../otp/index.ts";
import { readTarball } from "../../tar/index.ts";
import { decodeTermText, parseTerms, type Term } from "../../term/index.ts";
import { parseRelup, type Relup } from "../script.ts";
import { nativeKind } from "./elf.ts";
import { MemberPaths } from "./member-paths.ts";

/** A tarball that `release_handler` can unpack. */
export interface UpgradeTarball {
  readonly file: string;
  /** What `release_handler` calls it: the name of `releases/NAME.rel` in it. */
  readonly name: string;
  readonly spec: ReleaseSpec;
  readonly relup: Relup | undefined;
  /** Everything but directories. */
  readonly files: readonly TarballFile[];
  /** Of the tarball itself, in bytes. */
  readonly size: number;
  /** What the native code in it is for, each kind with one file that is so. */
  readonly native: ReadonlyMap<string, string>;
}

export interface TarballFile {
  /** From the root of the release. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Of its content; of a symbolic link, of where it leads. */
  readonly digest: string;
}

/**
 * Reads an upgrade tarball from end to end: what is in it, and whether it is whole and safe to unpack. Nothing is written.
 *
 * Throws `file_unreadable`, `tarball_damaged`, `tarball_unsafe`, `tarball_unsuitable`.
 */
export async function readUpgradeTarball(file: string, signal: AbortSignal): Promise<UpgradeTarball> {
  const size = sizeOf(file);
  const paths = new MemberPaths(file);
  const files: TarballFile[] = [];
  const native = new Map<string, string>();
  const texts = new Map<string, Uint8Array>();
  await readTarball(
    file,
    {
      choose: (member) => {
        const path = paths.check(member);
        if (member.type === "link") files.push({ path, size: 0, digest: digestOf(Buffer.from(member.target ?? "")) });
        return member.type === "file" ? "read" : "skip";
      },
      content: (member, bytes) => {
        const path = normalOf(member.path);
        files.push({ path, size: bytes.length, digest: digestOf(bytes) });
        const kind = nativeKind(bytes);
        if (kind !== undefined && !native.has(kind)) native.set(kind, path);
        if (/^releases\/([^/]+\.rel|[^/]+\/relup)$/.test(path)) texts.set(path, bytes.slice());
      },
    },
    signal,
  );
  const { name, spec } = findRelease(file, texts, files);
  const relupFile = `releases/${spec.vsn}/relup`;
  const relup = texts.get(relupFile);
  return {
    file,
    name,
    spec,
    relup: relup && parseRelup(termOf(relup, `${file}: ${relupFile}`), `${file}: ${relupFile}`),
    files,
    size,
    native,
  };
}

/** What tells contents apart. */
export function digestOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("md5").update(bytes).digest("hex");
}

function normalOf(path: string): string {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .join("/");
}

function sizeOf(file: string): number {
  try {
    const stats = statSync(file);
    if (stats.isFile()) return stats.size;
  } catch (error) {
    throw toFileError(error, { code: "file_unreadable", action: "read", path: file });
  }
  throw unsuitable(file, "it is no file");
}

function findRelease(
  file: string,
  texts: ReadonlyMap<string, Uint8Array>,
  files: readonly TarballFile[],
): { name: string; spec: ReleaseSpec } {
  const found = [...texts].flatMap(([path, bytes]) => {
    const name = /^releases\/([^/]+)\.rel$/.exec(path)?.[1];
    if (name === undefined) return [];
    const term = termOf(bytes, `${file}: ${path}`);
    return term === undefined ? [] : [{ name, spec: parseRelease(term, `${file}: ${path}`) }];
  });
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (first !== undefined)
    throw unsuitable(file, `it has several releases: ${found.map(({ name }) => name).join(", ")}`);
  const isWhole = files.some(({ path }) => /^[^/]+\/releases\/start_erl\.data$/.test(path));
  const state = isWhole ? "it is a whole release and no upgrade" : "it has no releases/NAME.rel";
  const hint = "enit knit-build makes the tarball of an upgrade beside that of the release, in upgrades/.";
  throw unsuitable(file, state, hint);
}

function termOf(bytes: Uint8Array, path: string): Term | undefined {
  return parseTerms(decodeTermText(bytes, path), { file: path }).terms[0];
}

/** The error of a tarball that is not what is needed. */
export function unsuitable(file: string, state: string, hint?: string, data: Record<string, unknown> = {}): EnitError {
  return new EnitError("tarball_unsuitable", `cannot use the tarball "${file}": ${state}`, {
    kind: "input",
    hint,
    data: { file, ...data },
  });
}
