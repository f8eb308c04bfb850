import { EnitError } from "../../error/index.ts";
import { type Term, isAtom, isTuple, printTerm, stringValue } from "../../term/index.ts";
import { oneOf, strings } from "./values.ts";

/** Options of `zip:create/3` that count in an archive of reltool. */
export interface ArchiveOptions {
  /** Whether a file of this name and size in bytes is compressed. */
  readonly compresses: (name: string, size: number) => boolean;
  readonly comment: string;
}

type Endings = "all" | readonly string[];

/** Smaller files are stored as they are. */
const LEAST_COMPRESSED = 10;

/** Files that are compressed already. */
const COMPRESSED = [".Z", ".zip", ".zoo", ".arc", ".lzh", ".arj"];

/**
 * Reads `archive_opts`: `{compress, What}`, `{uncompress, What}`, `{comment, Text}`; `verbose` and `cooked` have no effect.
 *
 * Throws `archive_option` for any other, `memory` and `cwd` among them, by which nothing good could come.
 */
export function readArchiveOptions(options: readonly Term[]): ArchiveOptions {
  let [compress, uncompress]: [Endings, Endings] = ["all", COMPRESSED];
  let comment = "";
  for (const option of options) {
    if (isAtom(option, "verbose") || isAtom(option, "cooked")) continue;
    const [key, value] = isTuple(option, 2) ? option.elements : [];
    const text = isAtom(key, "comment") ? stringValue(value) : undefined;
    if (text !== undefined) comment = text;
    else if (value !== undefined && isAtom(key, "compress")) compress = readEndings(option, value, compress);
    else if (value !== undefined && isAtom(key, "uncompress")) uncompress = readEndings(option, value, uncompress);
    else throw illegal(option);
  }
  const has = (endings: Endings, ending: string): boolean => endings === "all" || endings.includes(ending);
  const compresses = (name: string, size: number): boolean => {
    const ending = /[^/]\.[^./]*$/.exec(name)?.[0].slice(1) ?? "";
    return size >= LEAST_COMPRESSED && has(compress, ending) && !has(uncompress, ending);
  };
  return { compresses, comment };
}

function readEndings(option: Term, value: Term, old: Endings): Endings {
  if (isAtom(value, "all")) return "all";
  const [changeTerm, listTerm] = isTuple(value, 2) ? value.elements : [];
  const change = changeTerm && oneOf(changeTerm, ["add", "del"]);
  const endings = strings(listTerm ?? value);
  if (endings === undefined || (change === undefined) !== (listTerm === undefined)) throw illegal(option);
  if (change === undefined) return endings;
  if (old === "all") throw illegal(option);
  return change === "add" ? [...old, ...endings] : old.filter((ending) => !endings.includes(ending));
}

function illegal(option: Term): EnitError {
  const shown = printTerm(option, { format: "tw" });
  return new EnitError(
    "archive_option",
    `cannot use the archive option ${shown}: it is none that makes an archive here`,
    {
      kind: "input",
      data: { option: shown },
    },
  );
}
