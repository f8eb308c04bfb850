import { resolve } from "node:path";
import { booleanValue, isFloat, isTuple, listElements, stringValue, textValue } from "../term/index.ts";
import type { Term } from "../term/index.ts";

/** How the section `node` writes its values. All readers give `undefined` for what is none of the kind. */

export type Smp = "enabled" | "disabled" | "auto";

const SMP: ReadonlyMap<string, Smp> = new Map<string, Smp>([
  ["enabled", "enabled"],
  ["enable", "enabled"],
  ["true", "enabled"],
  ["disabled", "disabled"],
  ["disable", "disabled"],
  ["false", "disabled"],
  ["auto", "auto"],
]);

/** A string, binary or atom that is not empty and holds no NUL. */
export function textIn(value: Term): string | undefined {
  const text = textValue(value);
  return text === "" || text?.includes("\0") === true ? undefined : text;
}

/** What OTP accepts in a `.erlang.cookie` (auth.erl), so that the node does not fail at its start. */
export function cookieIn(value: Term): string | undefined {
  return cookieText(textIn(value) ?? "");
}

/** As `cookieIn`, of text. */
export function cookieText(text: string): string | undefined {
  return /^[\x20-\x7e]{1,255}$/.test(text) ? text : undefined;
}

/** A name as text, or a number. */
export function nameIn(value: Term): string | undefined {
  return value.kind === "integer" && value.value >= 0n ? String(value.value) : textIn(value);
}

/** `true` or `false`. */
export function booleanIn(value: Term): boolean | undefined {
  return booleanValue(value);
}

/** Whether the emulator uses more than one scheduler; in the words of the original and in those of `erl -smp`. */
export function smpIn(value: Term): Smp | undefined {
  return SMP.get(textValue(value) ?? "");
}

/** A number, or text, for a reader of plain values. */
export function scalarIn<T>(
  read: (value: number | string | undefined) => T | undefined,
): (value: Term) => T | undefined {
  return (value) => {
    if (value.kind === "integer") return read(Number(value.value));
    return read(isFloat(value) ? value.value : textValue(value));
  };
}

/** A path; a relative one starts at `base`. */
export function pathIn(value: Term, base: string): string | undefined {
  const path = textIn(value);
  return path === undefined ? undefined : resolve(base, path);
}

/** A path or a list of paths. */
export function pathsIn(value: Term, base: string): string[] | undefined {
  const path = pathIn(value, base);
  return path === undefined ? all(value, (element) => pathIn(element, base)) : [path];
}

/** A list of arguments: strings, binaries, atoms, numbers. A string alone is none, though it is a list of numbers. */
export function vmArgsIn(value: Term): string[] | undefined {
  return textIn(value) === undefined ? all(value, nameIn) : undefined;
}

/** A list of `{NAME, VALUE}`. A value may be empty or a number, a name has no `=`. */
export function environmentIn(value: Term): (readonly [name: string, value: string])[] | undefined {
  return all(value, (element) => {
    const [first, second] = isTuple(element, 2) ? element.elements : [];
    const name = first === undefined ? undefined : textIn(first);
    const content = second === undefined ? undefined : stringValue(second) === "" ? "" : nameIn(second);
    return name === undefined || name.includes("=") || content === undefined ? undefined : [name, content];
  });
}

/** Reads every element of a proper list; `undefined` if one of them is not readable. */
function all<T>(value: Term, read: (element: Term) => T | undefined): T[] | undefined {
  const elements = listElements(value);
  const values = elements?.map(read).filter((each) => each !== undefined);
  return values?.length === elements?.length ? values : undefined;
}
