/**
 * The mark on an appup that was made here: comments that say what it was made from.
 *
 *     %% coding: utf-8
 *     %% Made by enit from relex_app 1.0 (0b7f...), for 1.1 (9c41...).
 *     %% Text 5d2a...: once it is edited, it counts as written by hand.
 */
import { binary, compareText, encodeTerm, list, tuple } from "../../term/index.ts";
import { type ApplicationCode, type ModuleCode, compareModules } from "../code/index.ts";

const CODING = "%% coding: utf-8\n";
const MARK = /^%% coding: utf-8\n%% Made by enit (?<sources>.*)\n%% Text (?<digest>[0-9a-f]{16}): .*\n/;

/** Puts the mark into the text of an appup, behind its first line, which says the encoding. */
export function markAppup(text: string, from: readonly ApplicationCode[], to: ApplicationCode): string {
  const body = text.replace(CODING, "");
  const mark = [
    `%% Made by enit ${sourcesOf(from, to)}`,
    `%% Text ${digestText(body)}: once it is edited, it counts as written by hand.`,
  ];
  return `${CODING}${mark.join("\n")}\n${body}`;
}

/**
 * Whose an appup is: `ours` if it was made here from these very versions, `stale` if it was made here from others, `written` if
 * it was not made here, or was edited since.
 */
export function authorOf(
  bytes: Uint8Array,
  from: readonly ApplicationCode[],
  to: ApplicationCode,
): "ours" | "stale" | "written" {
  const text = new TextDecoder().decode(bytes);
  const found = MARK.exec(text);
  if (found === null || digestText(text.slice(found[0].length)) !== found.groups?.["digest"]) return "written";
  return found.groups["sources"] === sourcesOf(from, to) ? "ours" : "stale";
}

function sourcesOf(from: readonly ApplicationCode[], to: ApplicationCode): string {
  const older = from.map((each) => `${each.version} (${digestDifference(each, to)})`).sort(compareText);
  return `from ${to.name} ${older.join(", ")}, for ${to.version} (${digestCode(to)}).`;
}

/** What an upgrade sees of the code: modules, their MD5 and attributes. */
function digestCode({ modules }: ApplicationCode): string {
  return digestParts([...modules.values()].flatMap(describe));
}

/** The same of what is not as in the newer version: most modules of most older versions are. */
function digestDifference(from: ApplicationCode, to: ApplicationCode): string {
  const { added, changed, removed } = compareModules(from, to);
  const older = [...changed, ...removed].flatMap((name) => from.modules.get(name) ?? []);
  return digestParts([...added, ...older.flatMap(describe)]);
}

function describe({ name, md5, attributes }: ModuleCode): (string | Uint8Array)[] {
  return [name, md5, encodeTerm(list(attributes.map((each) => tuple(binary(each.name), list(each.values)))))];
}

function digestParts(parts: readonly (string | Uint8Array)[]): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const part of parts) hash.update(part).update("\n");
  return hash.digest("hex").slice(0, DIGITS);
}

function digestText(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, DIGITS);
}

const DIGITS = 16;
