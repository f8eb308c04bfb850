import { resolve } from "node:path";
import { type Warning, formatPlace } from "../warning.ts";
import { cookieText } from "../node-values.ts";
import { type VmArgument, type VmArgumentList, invalidVmArgs } from "./vm-args.ts";

/** What the arguments of a packaged release say, apart from each other. */
export interface PackagedArguments {
  /** For the emulator: without what enit sets itself, and without cookies, which everybody could see. */
  readonly args: readonly string[];
  /** What follows `-extra`. */
  readonly extra: readonly string[];
  readonly cookie: string | undefined;
  /** `-name` or `-sname`. */
  readonly nodeName: { readonly text: string; readonly longNames: boolean; readonly argument: VmArgument } | undefined;
  /** Distribution over TLS: the value of `-proto_dist`, and the file of `-ssl_dist_optfile`, absolute. */
  readonly tls: { readonly protocol: string | undefined; readonly optionFile: string | undefined };
  /** Configuration besides `sys.config`, absolute. */
  readonly configFiles: readonly string[];
}

/** Takes out of the arguments what enit sets by itself. @throws EnitError `vm_args_invalid`. */
export function sortArguments(list: VmArgumentList, directory: string, warnings: Warning[]): PackagedArguments {
  const args: string[] = [];
  const configFiles: string[] = [];
  let cookie: string | undefined;
  let nodeName: PackagedArguments["nodeName"];
  let protocol: string | undefined;
  let optionFile: string | undefined;
  for (const [flag, ...values] of flagsOf(list.args)) {
    const [value] = values;
    switch (flag.text) {
      case "-setcookie":
      case "-cookie":
        if (values.length === 2) warnings.push(otherCookie(flag));
        else
          cookie ??= cookieText(value?.text ?? "") ?? refuse(flag, "a cookie of 1 to 255 printable ASCII characters");
        break;
      case "-name":
      case "-sname":
        if (value === undefined || value.text === "") refuse(flag, "the name of a node");
        nodeName ??= { text: value.text, longNames: flag.text === "-name", argument: value };
        break;
      case "-ssl_dist_optfile":
        if (value === undefined) refuse(flag, "the name of a file");
        optionFile ??= resolve(directory, value.text);
        break;
      case "-proto_dist":
        if (value?.text.endsWith("_tls") === true) protocol ??= value.text;
        else args.push(flag.text, ...values.map(({ text }) => text));
        break;
      case "-config":
        configFiles.push(...values.map(({ text }) => resolve(directory, text.replace(/(?:\.config)?$/, ".config"))));
        break;
      case "-boot":
      case "-detached":
      case "-noinput":
      case "-noshell":
        break;
      default:
        args.push(flag.text, ...values.map(({ text }) => text));
    }
  }
  return {
    args,
    extra: list.extra.map(({ text }) => text),
    cookie,
    nodeName,
    tls: { protocol, optionFile },
    configFiles,
  };
}

/** Each flag with the values that follow it; values before the first flag stand alone. */
function flagsOf(args: readonly VmArgument[]): [flag: VmArgument, ...values: VmArgument[]][] {
  const flags: [VmArgument, ...VmArgument[]][] = [];
  for (const argument of args) {
    const last = flags.at(-1);
    if (last === undefined || /^[-+]./.test(argument.text)) flags.push([argument]);
    else last.push(argument);
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
