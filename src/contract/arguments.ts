/**
 * The arguments of a command, in the words of citty's definitions (`type`, `description`, `alias`,
 * `valueHint`, `default`, `required`, `options`), with what citty lacks: numbers, values that may be
 * given several times, and a last positional that takes the rest.
 *
 * The key `dryRun` is the flag `--dry-run`; positionals are taken in the order in which they stand.
 * What is not `required` and has no `default` is `undefined` when it is left out; flags are `false`,
 * repeatable ones `[]`.
 */
export type ArgumentDefinition = BooleanArgument | StringArgument | NumberArgument | EnumArgument | PositionalArgument;

export type ArgumentDefinitions = Readonly<Record<string, ArgumentDefinition>>;

interface ArgumentBase {
  readonly description?: string;
}

interface FlagBase extends ArgumentBase {
  /** Other names of the flag: one letter for `-x`, more for `--other`. May claim `-h`, `-v` or `-q` from the host. */
  readonly alias?: string | readonly string[];
  readonly required?: boolean;
}

/** `--name`, `--no-name`. */
export interface BooleanArgument extends Omit<FlagBase, "required"> {
  readonly type: "boolean";
  readonly default?: boolean;
}

/** `--name VALUE`, `--name=VALUE`. */
export interface StringArgument extends FlagBase {
  readonly type: "string";
  /** How help calls the value, `VALUE` without. */
  readonly valueHint?: string;
  readonly default?: string;
  /** May be given several times; `run` gets all values in their order. */
  readonly multiple?: boolean;
}

/** A decimal number, a fraction unless `integer` is set. */
export interface NumberArgument extends FlagBase {
  readonly type: "number";
  readonly valueHint?: string;
  readonly default?: number;
  readonly integer?: boolean;
  /** The least value that is accepted. */
  readonly min?: number;
  /** The greatest value that is accepted. */
  readonly max?: number;
}

/** One of the words in `options`. */
export interface EnumArgument extends FlagBase {
  readonly type: "enum";
  readonly options: readonly string[];
  readonly default?: string;
}

/** A word that is no flag, by its place. */
export interface PositionalArgument extends ArgumentBase {
  readonly type: "positional";
  readonly required?: boolean;
  readonly default?: string;
  /** How help calls it; without, the key in capitals. */
  readonly valueHint?: string;
  /** Takes all words that are left: the last positional only. With `required` at least one. */
  readonly rest?: boolean;
}

/** The value that `run` gets for one definition. */
export type ArgumentValue<D> = D extends { readonly type: "boolean" }
  ? boolean
  : D extends { readonly rest: true } | { readonly multiple: true }
    ? readonly string[]
    : | ScalarValue<D>
      | (D extends { readonly required: true } | { readonly default: string | number } ? never : undefined);

type ScalarValue<D> = D extends { readonly type: "number" }
  ? number
  : D extends { readonly type: "enum"; readonly options: readonly (infer Option)[] }
    ? Option
    : string;

/** What `run` gets: each key of the definitions with its value. */
export type ArgumentValues<A> = { readonly [K in keyof A]: ArgumentValue<A[K]> };
