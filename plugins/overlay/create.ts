import { EnitError, type Term, defineOverlay } from "../../src/contract/index.ts";

/** `{create, Destination, Contents}`: contents are a string, a binary or an iolist, and are not rendered. */
export const create = defineOverlay({
  description: "Write a file with these contents",
  args: ["path", "term"],
  run: async ([path, contents], ctx) => {
    const parts: Uint8Array[] = [];
    if (!collect(contents, parts)) {
      throw new EnitError(
        "overlay_invalid",
        `cannot write "${path}": its contents are no string, binary or list of them`,
        {
          kind: "input",
        },
      );
    }
    await ctx.write(path, Buffer.concat(parts));
  },
});

/** Joins character data as `unicode:characters_to_binary/1` does: numbers are characters, binaries bytes. */
function collect(term: Term, parts: Uint8Array[]): boolean {
  if (term.kind === "bitstring") {
    parts.push(term.bytes);
    return true;
  }
  if (term.kind === "integer") {
    if (term.value < 0n || term.value > 0x10ffffn) return false;
    parts.push(Buffer.from(String.fromCodePoint(Number(term.value))));
    return true;
  }
  if (term.kind !== "list") return false;
  return (
    term.elements.every((element) => collect(element, parts)) && (term.tail === undefined || collect(term.tail, parts))
  );
}
