import { resolve } from "node:path";
import type { SourcePosition } from "../../error/index.ts";
import { type Term, atom, integer, string } from "../../term/index.ts";
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
  /** What the section `node` has keys for: the cookie, the name of the node, how it is reached. */
  readonly node: readonly ShippedNodeKey[];
  /** The value of `-proto_dist`, where that is TLS. */
  readonly tlsProtocol: VmArgument | undefined;
  /** Configuration besides `sys.config`, absolute. */
  readonly configFiles: readonly string[];
}

/** A key of the section `node` as if it stood where the argument stands. */
export interface ShippedNodeKey {
  readonly name: NodeKey;
  readonly value: Term;
  readonly origin: Required<SourcePosition>;
}

/** A flag and what follows it up to the next one. */
interface Flag {
  readonly flag: VmArgument;
  readonly values: readonly VmArgument[];
}

/** Takes out of the arguments what enit sets by itself. @throws EnitError `vm_args_invalid`. */
export function sortArguments(list: VmArgumentList, directory: string, warnings: Warning[]): PackagedArguments {
  const sorter = new Sorter(directory, warnings);
  for (const flag of flagsOf(list.args)) sorter.take(flag);
  return { ...sorter, extra: list.extra.map(({ text }) => text) };
}

class Sorter implements Omit<PackagedArguments, "extra"> {
  readonly args: string[] = [];
  readonly node: ShippedNodeKey[] = [];
  readonly configFiles: string[] = [];
  tlsProtocol: VmArgument | undefined;
  readonly #directory: string;
  readonly #warnings: Warning[];

  constructor(directory: string, warnings: Warning[]) {
    this.#directory = directory;
    this.#warnings = warnings;
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
        this.tlsProtocol ??= value;
        break;
      case "-ssl_dist_optfile":
        return this.#set("tls", string(resolve(this.#directory, value?.text ?? refuse(flag, "a file"))), flag);
      case "-erl_epmd_port":
        this.#set("dist_port", integer(Number(value?.text ?? refuse(flag, "a port"))), flag);
        return this.#set("epmd", atom("false"), flag);
      case "-config":
        for (const { text } of values) this.configFiles.push(resolve(this.#directory, withExtension(text)));
        break;
      case "-boot":
      case "-detached":
      case "-noinput":
      case "-noshell":
        break;
      default:
        return this.#pass({ flag, values });
    }
  }

  #pass({ flag, values }: Flag): void {
    this.args.push(flag.text, ...values.map(({ text }) => text));
  }

  #takeCookie(flag: VmArgument, values: readonly VmArgument[]): void {
    const [value] = values;
    if (values.length === 2) {
      this.#warnings.push(otherCookie(flag));
      return;
    }
    const cookie = cookieText(value?.text ?? "") ?? refuse(flag, "a cookie of 1 to 255 printable ASCII characters");
    this.#set("cookie", string(cookie), flag);
  }

  /** As in OTP, where the first flag of its kind counts. */
  #set(name: NodeKey, value: Term, { position }: VmArgument): void {
    if (!this.node.some((key) => key.name === name)) this.node.push({ name, value, origin: position });
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
