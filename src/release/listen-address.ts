import { integerValue, isAtom, isTuple } from "../term/index.ts";
import type { Term } from "../term/index.ts";

/**
 * Reads the address in `inet_dist_use_interface`: a tuple of four bytes or of eight words, as text; `loopback`.
 *
 * @returns `"any"` for `any` and for the addresses that mean it; `undefined` for what is no address.
 */
export function readListenAddress(term: Term): string | undefined {
  if (isAtom(term, "any")) return "any";
  if (isAtom(term, "loopback")) return "127.0.0.1";
  if (!isTuple(term, 4) && !isTuple(term, 8)) return undefined;
  const isV4 = term.elements.length === 4;
  const parts: number[] = [];
  for (const element of term.elements) {
    const part = integerValue(element);
    if (part === undefined || part < 0 || part > (isV4 ? 0xff : 0xffff)) return undefined;
    parts.push(part);
  }
  if (parts.every((part) => part === 0)) return "any";
  return isV4 ? parts.join(".") : formatV6(parts);
}

/** The form of RFC 5952: the longest run of two or more zero words, the first of equal ones, becomes `::`. */
function formatV6(words: readonly number[]): string {
  const text = words.map((word) => word.toString(16)).join(":");
  const runs = text.match(/\b0(?::0\b)+/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return text;
  const at = text.search(new RegExp(`\\b${longest}\\b`));
  return `${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}
