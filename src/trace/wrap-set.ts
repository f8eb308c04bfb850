/**
 * The files that `dbg:trace_port(file, {Name, wrap, Suffix, ...})` writes in turn: `Name`, a number, `Suffix`.
 *
 * Numbers go from 0 to the count of files and then from 0 again. Before the tracer comes to a number that was used, it
 * removes that file, so that the gap behind the newest file tells where the oldest one is. Source: what `dbg` of OTP 25
 * to 29 writes and reads.
 */
import { EnitError } from "../error/index.ts";

/** How many numbers in a row may be missing: the one to come, and for a moment the one that was just removed. */
const LONGEST_GAP = 2;

export interface WrapFile {
  readonly name: string;
  readonly number: number;
}

/**
 * Finds the files of a set among the names of a directory, in the order of their numbers, by the suffix behind the number;
 * without one every suffix counts, each as a set.
 */
export function findWrapSets(
  names: readonly string[],
  prefix: string,
  suffix?: string,
): ReadonlyMap<string, readonly WrapFile[]> {
  const sets = new Map<string, WrapFile[]>();
  for (const name of names) {
    const member = wrapFileOf(name, prefix, suffix);
    if (member === undefined) continue;
    const [tail, file] = member;
    const set = sets.get(tail);
    if (set === undefined) sets.set(tail, [file]);
    else set.push(file);
  }
  for (const set of sets.values()) set.sort((a, b) => a.number - b.number);
  return sets;
}

/** Orders the files of a set from the oldest to the newest. Throws `trace_set_incomplete` where their numbers do not tell. */
export function orderWrapSet(files: readonly WrapFile[], prefix: string): readonly WrapFile[] {
  const gaps = files.flatMap(({ number }, index) => {
    const missing = number - (files[index - 1]?.number ?? -1) - 1;
    return missing > 0 ? [{ index, missing }] : [];
  });
  const [gap] = gaps;
  if (gap === undefined) return files;
  if (gaps.length > 1 || gap.missing > LONGEST_GAP) throw incomplete(files, prefix);
  return [...files.slice(gap.index), ...files.slice(0, gap.index)];
}

/** Orders files that came after the one with the number `last`: higher numbers first, then those from 0 on. */
export function orderNewFiles(files: readonly WrapFile[], last: number): readonly WrapFile[] {
  const rank = ({ number }: WrapFile): readonly [number, number] => [number > last ? 0 : 1, number];
  return files.toSorted((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
}

/** The numbers that the tracer must have used between the file with the number `last` and those that came after it. */
export function missingNumbers(
  ordered: readonly WrapFile[],
  last: number,
): readonly { readonly from: number; readonly to: number }[] {
  let expected = last + 1;
  return ordered.flatMap(({ number }) => {
    // How far the numbers went before they began again from 0 is not known.
    const from = number < expected ? 0 : expected;
    expected = number + 1;
    return from < number ? [{ from, to: number - 1 }] : [];
  });
}

function wrapFileOf(
  name: string,
  prefix: string,
  suffix: string | undefined,
): readonly [suffix: string, file: WrapFile] | undefined {
  if (!name.startsWith(prefix) || (suffix !== undefined && !name.endsWith(suffix))) return undefined;
  const end = suffix === undefined ? undefined : name.length - suffix.length;
  const [, digits = "", tail = ""] = /^(\d*)(.*)$/s.exec(name.slice(prefix.length, end)) ?? [];
  if (!/^(0|[1-9]\d{0,8})$/.test(digits) || (suffix !== undefined && tail !== "")) return undefined;
  return [suffix ?? tail, { name, number: Number(digits) }];
}

function incomplete(files: readonly WrapFile[], prefix: string): EnitError {
  const numbers = files.map(({ number }) => number);
  const state = `its files have the numbers ${numbers.join(", ")}, which do not tell the oldest`;
  return new EnitError("trace_set_incomplete", `cannot order the wrap set "${prefix}": ${state}`, {
    kind: "input",
    hint: "Name the files one by one.",
    data: { prefix, numbers },
  });
}
