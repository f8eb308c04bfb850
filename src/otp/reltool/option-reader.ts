import { type Term, isTuple } from "../../term/index.ts";
import { type ParseContext, illegalOption, unknownOption } from "./option-error.ts";
import { oneOf } from "./values.ts";

/** How the value of an option `{Key, Value}` is read into a draft. */
export interface OptionReader<Draft> {
  /** The form of the value, for messages. */
  readonly expected: string;
  /** Sets what the option says; `false` for a value of another form. */
  readonly read: (draft: Draft, value: Term, context: ParseContext) => boolean;
}

export type OptionReaders<Draft> = Readonly<Record<string, OptionReader<Draft>>>;

/** Reads an option; `others` are the names of options of other forms, for the hint. */
export function readOption<Draft>(
  readers: OptionReaders<Draft>,
  draft: Draft,
  option: Term,
  context: ParseContext,
  others: readonly string[],
): void {
  const [key, value] = isTuple(option, 2) ? option.elements : [];
  const reader = key?.kind === "atom" && Object.hasOwn(readers, key.name) ? readers[key.name] : undefined;
  if (key?.kind !== "atom" || value === undefined || reader === undefined) {
    throw unknownOption(option, [...Object.keys(readers), ...others], context);
  }
  if (!reader.read(draft, value, context)) throw illegalOption(option, `{${key.name}, ${reader.expected}}`, context);
}

/** Makes the reader of a value that is converted, `undefined` for one of another form, and set. */
export function converted<Draft, Key extends keyof Draft>(
  key: Key,
  expected: string,
  convert: (value: Term, context: ParseContext) => Draft[Key] | undefined,
): OptionReader<Draft> {
  return {
    expected,
    read: (draft, value, context) => {
      const known = convert(value, context);
      if (known !== undefined) draft[key] = known;
      return known !== undefined;
    },
  };
}

/** Makes the reader of a value that is one of these words. */
export function chosen<Draft, Key extends keyof Draft>(
  key: Key,
  words: readonly (Draft[Key] & string)[],
): OptionReader<Draft> {
  return converted(key, words.join(" | "), (value) => oneOf(value, words));
}
