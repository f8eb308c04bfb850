import { resolve } from "node:path";
import { EnitError, type SourcePosition } from "../../error/index.ts";
import { type Term, atom, atomName, integer, parseTerm, string } from "../../term/index.ts";
import type { NodeKey } from "../node-section.ts";
import { cookieText } from "../node-values.ts";
import { type Warning, formatPlace } from "../warning.ts";
import { type VmArgument, type VmArgumentList, invalidVmArgs } from "./vm-args.ts";

/** What the arguments of a packaged release say, taken apart. */
export interface PackagedArguments {
  /** For the emulator: without what enit sets itself, and without cookies, which everybody could see. */
  readonly args: readonly string[];
  /** What follows `-extra`. */
  readonly extra: readonly string[];
  /** What configuration has keys for, the weakest first. */
  readonly keys: readonly ShippedKey[];
  /** The value of `-proto_dist`, where that is TLS. */
  readonly tlsProtocol: VmArgument | undefined;
  /** Configuration besides `sys.config`, absolute. */
  readonly configFiles: readonly string[];
}

/** A key of the configuration as if it stood where the argument stands. */
export interface ShippedKey {
  readonly application: string;
  readonly name: string;
  readonly value: Term;
  readonly origin: Required<SourcePosition>;
}

/** A flag and what follows it up to the next one. */
interface Flag {
  readonly flag: VmArgument;
  readonly values: readonly VmArgument[];
}

export interface SortOptions {
  /** Where relative names of files start. */
  readonly directory: string;
  /** Those whose keys may be given as `-APPLICATION KEY VALUE`. */
  readonly applications: ReadonlySet<string>;
  readonly warnings: Warning[];
}

/**
 * Takes out of the arguments what enit sets by itself, and what belongs into the configuration, where files of the host can
 * change it: the cookie, the name of the node and how it is reached as keys of the section `node`, and keys of applications.
 *
 * @throws EnitError `vm_args_invalid`.
 */
export function sortArguments(list: VmArgumentList, options: SortOptions): PackagedArguments {
  const sorter = new Sorter(options);
  // As in OTP, the first flag of its kind is the strongest.
  for (const flag of flagsOf(list.args).toReversed()) sorter.take(flag);
  const { args, keys, tlsProtocol, configFiles } = sorter;
  return {
    args: args.toReversed().flat(),
    extra: list.extra.map(({ text }) => text),
    keys,
    tlsProtocol,
    configFiles: configFiles.toReversed(),
  };
}

class Sorter {
  /** Each flag with its values, the last flag first. */
  readonly args: string[][] = [];
  readonly keys: ShippedKey[] = [];
  readonly configFiles: string[] = [];
  tlsProtocol: VmArgument | undefined;
  readonly #options: SortOptions;

  constructor(options: SortOptions) {
    this.#options = options;
  }

  take({ flag, values }: Flag): void {
    const [value] = values;
    switch (flag.text) {
      case "-setcookie":
      case "-cookie":
        return this.#takeCookie(flag, values);
      case "-name":
      case "-sname":
        this.#set("nodename", string(value?.text || refuse(flag, "the name of a node")), flag);
        return this.#set("long_names", atom(String(flag.text === "-name")), flag);
      case "-proto_dist":
        if (value?.text.endsWith("_tls") !== true) return this.#pass({ flag, values });
        this.tlsProtocol = value;
        break;
      case "-ssl_dist_optfile":
        return this.#set("tls", string(resolve(this.#options.directory, value?.text ?? refuse(flag, "a file"))), flag);
      case "-erl_epmd_port":
        this.#set("dist_port", integer(Number(value?.text ?? refuse(flag, "a port"))), flag);
        return this.#set("epmd", atom("false"), flag);
      case "-config":
        for (const { text } of values.toReversed()) {
          this.configFiles.push(resolve(this.#options.directory, withExtension(text)));
        }
        break;
      case "-boot":
      case "-detached":
      case "-noinput":
      case "-noshell":
        break;
      default:
        if (this.#options.applications.has(flag.text.slice(1))) return this.#configure(flag, values);
        return this.#pass({ flag, values });
    }
  }

  #pass({ flag, values }: Flag): void {
    this.args.push([flag.text, ...values.map(({ text }) => text)]);
  }

  /** `-APPLICATION KEY VALUE ...`; a key without a value does not count. */
  #configure(flag: VmArgument, values: readonly VmArgument[]): void {
    for (let index = 0; index + 1 < values.length; index += 2) {
      const [key, value] = values.slice(index, index + 2) as [VmArgument, VmArgument];
      const name = atomName(termOf(key)) ?? refuse(flag, "an atom before each value");
      this.keys.push({ application: flag.text.slice(1), name, value: termOf(value), origin: key.position });
    }
  }

  #takeCookie(flag: VmArgument, values: readonly VmArgument[]): void {
    const [value] = values;
    if (values.length === 2) {
      this.#options.warnings.push(otherCookie(flag));
      return;
    }
    const cookie = cookieText(value?.text ?? "") ?? refuse(flag, "a cookie of 1 to 255 printable ASCII characters");
    this.#set("cookie", string(cookie), flag);
  }

  #set(name: NodeKey, value: Term, { position }: VmArgument): void {
    this.keys.push({ application: "node", name, value, origin: position });
  }
}

function termOf(argument: VmArgument): Term {
  try {
    return parseTerm(argument.text);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    throw invalidVmArgs(argument, `"${argument.text}" is no Erlang term`);
  }
}

function withExtension(text: string): string {
  return text.endsWith(".config") ? text : `${text}.config`;
}

/** Each flag with the values that follow it; values before the first flag stand alone. */
function flagsOf(args: readonly VmArgument[]): Flag[] {
  const flags: { flag: VmArgument; values: VmArgument[] }[] = [];
  for (const argument of args) {
    const last = flags.at(-1);
    if (last === undefined || /^[-+]./.test(argument.text)) flags.push({ flag: argument, values: [] });
    else last.values.push(argument);
  }
  return flags;
}

function refuse(flag: VmArgument, expected: string): never {
  throw invalidVmArgs(flag, `${flag.text} needs ${expected}`);
}

function otherCookie({ position }: VmArgument): Warning {
  return {
    code: "node_cookie_dropped",
    message: `${formatPlace(position)}: the cookie for a single other node is left out`,
    hint: "Everybody on this machine could read it there.",
    position,
  };
}
