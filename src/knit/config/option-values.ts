import {
  type Term,
  type TupleTerm,
  atomName,
  booleanValue,
  isTuple,
  listElements,
  textValue,
} from "../../term/index.ts";

/** How the value of an option is read. */
export interface Reader<Value> {
  /** What it must be, for messages. */
  readonly form: string;
  /** Gives `undefined` for a value of another form. */
  readonly read: (value: Term) => Value | undefined;
}

/** Any term, read by who uses it. */
export const asAny: Reader<Term> = { form: "Term", read: (value) => value };

/** An atom, or a string, which is what the command line gives; 1 and 0 are what users of rebar write. */
export const asBoolean: Reader<boolean> = {
  form: "true | false",
  read: (value) => {
    const text = textValue(value);
    if (text === "1") return true;
    return text === "0"
      ? false
      : (booleanValue(value) ?? (text === "true" ? true : text === "false" ? false : undefined));
  },
};

/** A string or binary that is not empty. */
export const asText: Reader<string> = { form: "String", read: readText };

/** Strings, or a single one. */
export const asTexts: Reader<readonly string[]> = {
  form: "String | [String]",
  read: (value) => {
    const single = readText(value);
    return single === undefined ? readAll(value, readText) : [single];
  },
};

/** A list of tuples. */
export const asTuples: Reader<readonly TupleTerm[]> = {
  form: "[Tuple]",
  read: (value) => readAll(value, (element) => (isTuple(element) ? element : undefined)),
};

/** A list of pairs of atoms: what stands first, by name. */
export const asAtomPairs: Reader<ReadonlyMap<string, string>> = {
  form: "[{Atom, Atom}]",
  read: (value) => {
    const pairs = readAll(value, (element): readonly [string, string] | undefined => {
      const [first, second] = isTuple(element, 2) ? element.elements.map(atomName) : [];
      return first === undefined || second === undefined ? undefined : [first, second];
    });
    return pairs && new Map(pairs);
  },
};

/** Words, and pairs of words, each an atom or a string: what stands alone has no second. */
export const asWords: Reader<readonly (readonly [first: string, second: string | undefined])[]> = {
  form: "[Atom | {Atom, Atom}]",
  read: (value) => {
    const readOne = (element: Term): readonly [string, string | undefined] | undefined => {
      const [first, second] = isTuple(element, 2) ? element.elements.map(textValue) : [textValue(element)];
      return first === undefined || first === "" || (isTuple(element) && second === undefined)
        ? undefined
        : [first, second];
    };
    const single = readText(value);
    return single === undefined ? readAll(value, readOne) : [[single, undefined]];
  },
};

/** A regular expression, or `{RegExp, Options}`. */
export const asPattern: Reader<{ readonly source: string; readonly options: readonly Term[] }> = {
  form: "RegExp | {RegExp, Options}",
  read: (value) => {
    const [regExp, options] = isTuple(value, 2) ? value.elements : [value];
    const source = regExp === undefined ? undefined : readText(regExp);
    const given = options === undefined ? [] : listElements(options);
    return source === undefined || given === undefined ? undefined : { source, options: given };
  },
};

function readText(value: Term): string | undefined {
  const text = value.kind === "atom" ? undefined : textValue(value);
  return text === "" ? undefined : text;
}

function readAll<T>(value: Term, read: (element: Term) => T | undefined): readonly T[] | undefined {
  const all: T[] = [];
  const elements = listElements(value);
  for (const element of elements ?? []) {
    const known = read(element);
    if (known === undefined) return undefined;
    all.push(known);
  }
  return elements === undefined ? undefined : all;
}
