/** White space, then a string, a number, a word or a mark. */
const TOKEN =
  /[ \t\r\n]*("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[[\]{},:])/uy;

/** What may come next. */
type Expectation = "value" | "value or ]" | "key" | "key or }" | ":" | "next";

/** Finds where a text stops being JSON: the parser of the engine does not say. Line and column count from 1. */
export function findJsonError(text: string): { readonly line: number; readonly column: number } {
  const open: ("[" | "{")[] = [];
  let expected: Expectation = "value";
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[1];
    const next: Expectation | undefined = token === undefined ? undefined : advance(token, expected, open);
    if (next === undefined) return positionAt(text, offset + (/^[ \t\r\n]*/.exec(text.slice(offset))?.[0].length ?? 0));
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** What may follow a token; nothing where the token may not stand there. */
function advance(token: string, expected: Expectation, open: ("[" | "{")[]): Expectation | undefined {
  const innermost = open.at(-1);
  const takesValue = expected === "value" || expected === "value or ]";
  switch (token) {
    case "[":
    case "{":
      if (!takesValue) return undefined;
      open.push(token);
      return token === "[" ? "value or ]" : "key or }";
    case "]":
      if (innermost !== "[" || (expected !== "next" && expected !== "value or ]")) return undefined;
      open.pop();
      return "next";
    case "}":
      if (innermost !== "{" || (expected !== "next" && expected !== "key or }")) return undefined;
      open.pop();
      return "next";
    case ",":
      if (innermost === undefined || expected !== "next") return undefined;
      return innermost === "[" ? "value" : "key";
    case ":":
      return expected === ":" ? "value" : undefined;
    default:
      if (expected === "key" || expected === "key or }") return token.startsWith('"') ? ":" : undefined;
      return takesValue ? "next" : undefined;
  }
}

function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}
