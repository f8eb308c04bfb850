/**
 * The key `tls` of the section `node`: distribution over TLS, in the words of OTP's `ssl` ("Using TLS for Erlang
 * Distribution" of its guide). Three forms:
 *
 *     {tls, [{certfile, F}, {keyfile, F}, {cacertfile, F}, Option...]}   the same for both directions
 *     {tls, [{server, [Option...]}, {client, [Option...]}]}              as in a file for -ssl_dist_optfile
 *     {tls, "ssl_dist.conf"}                                             such a file
 *
 * Relative names start at the directory of the file that has them.
 */
import { dirname, resolve } from "node:path";
import { EnitError } from "../error/index.ts";
import {
  atom,
  atomName,
  booleanValue,
  isAtom,
  isTuple,
  list,
  listElements,
  parseTerm,
  propertyOf,
  string,
  type Term,
  textValue,
  tuple,
} from "../term/index.ts";
import { readBytes } from "./reading.ts";

/** How a VM and those who connect to it use TLS. */
export interface TlsSettings {
  /** `[{server, Options}, {client, Options}]` as `-ssl_dist_optfile` takes it; all names of files are absolute. */
  readonly options: Term;
  readonly client: TlsClient;
}

/** What of it enit needs to connect. */
export interface TlsClient {
  readonly certfile: string | undefined;
  readonly keyfile: string | undefined;
  readonly cacertfile: string | undefined;
  readonly password: string | undefined;
  readonly verify: boolean;
}

/** The names of the files in options of `ssl`. */
const FILES = ["certfile", "keyfile", "cacertfile", "dhfile"] as const;

/**
 * Reads the value of the key `tls`; `base` is the directory where relative names start. Gives what is wrong with it as
 * text. Throws `unreadable` where it names a file that cannot be read.
 */
export function readTlsSettings(value: Term, base: string): TlsSettings | string {
  const name = textValue(value);
  if (name === undefined || name === "") return readOptions(value, base);
  const file = resolve(base, name);
  const term = parseOptionFile(file);
  if (typeof term === "string") return term;
  const settings = readOptions(term, dirname(file));
  return typeof settings === "string" ? `${file}: ${settings}` : settings;
}

/** What enit needs to connect, of options as a VM has them; or the same of the VM's other side. */
export function tlsClientOf(options: Term, side: "client" | "server" = "client"): TlsClient {
  const client = propertyOf(options, side);
  const text = (key: string): string | undefined => textValue(propertyOf(client, key));
  return {
    certfile: text("certfile"),
    keyfile: text("keyfile") ?? text("certfile"),
    cacertfile: text("cacertfile"),
    password: text("password"),
    verify: isAtom(propertyOf(client, "verify"), "verify_peer"),
  };
}

/** The files that a VM with these options reads, each once. */
export function tlsFilesOf(options: Term): string[] {
  const files = ["server", "client"].flatMap((side) =>
    FILES.map((key) => textValue(propertyOf(propertyOf(options, side), key))),
  );
  return [...new Set(files.filter((file) => file !== undefined))];
}

function readOptions(value: Term, base: string): TlsSettings | string {
  const parts = optionsOf(value);
  if (parts === undefined) return "tls must be a list of {OPTION, VALUE} or the name of a file with such a list";
  const hasSides = parts.some(([key]) => key === "server" || key === "client");
  const foreign = parts.find(([key]) => key !== "server" && key !== "client");
  if (hasSides && foreign !== undefined) return `tls has ${foreign[0]} beside server and client: it belongs into them`;
  const side = (name: "server" | "client"): Term =>
    hasSides ? (parts.find(([key]) => key === name)?.[1] ?? list([])) : value;
  const server = readSide("server", side("server"), base);
  if (typeof server === "string") return server;
  const client = readSide("client", side("client"), base);
  if (typeof client === "string") return client;
  const options = list([tuple(atom("server"), server), tuple(atom("client"), client)]);
  return { options, client: tlsClientOf(options) };
}

/** The options of one direction, complete: OTP's own defaults for `verify` are not the same in all its releases. */
function readSide(name: "server" | "client", value: Term, base: string): Term | string {
  const options = optionsOf(value);
  if (options === undefined) return `tls ${name} must be a list of {OPTION, VALUE}`;
  const known = new Map(options.toReversed());
  for (const key of FILES) {
    const file = known.get(key);
    if (file === undefined) continue;
    const path = textValue(file);
    if (path === undefined || path === "") return `tls ${key} must be the name of a file`;
    known.set(key, string(resolve(base, path)));
  }
  if (name === "server" && !["certfile", "cert", "certs_keys"].some((key) => known.has(key))) {
    return "tls has no certfile, without which nobody can connect";
  }
  const verify = known.get("verify");
  if (verify !== undefined && !["verify_peer", "verify_none"].includes(atomName(verify) ?? "")) {
    return "tls verify must be verify_peer or verify_none";
  }
  if (verify === undefined) {
    if (!known.has("cacertfile") && !known.has("cacerts")) {
      return "tls has neither cacertfile nor verify: name the file with the authorities, or say {verify, verify_none}";
    }
    known.set("verify", atom("verify_peer"));
  }
  if (name === "client") {
    known.delete("fail_if_no_peer_cert");
  } else if (isAtom(known.get("verify"), "verify_peer")) {
    const demands = known.get("fail_if_no_peer_cert") ?? atom("true");
    if (booleanValue(demands) === undefined) return "tls fail_if_no_peer_cert must be true or false";
    known.set("fail_if_no_peer_cert", demands);
  }
  return list([...known].toReversed().map(([key, option]) => tuple(atom(key), option)));
}

/** `[{Key, Value}]`; undefined for what is none. */
function optionsOf(value: Term): [key: string, value: Term][] | undefined {
  const elements = listElements(value);
  if (elements === undefined || elements.length === 0) return undefined;
  const options: [string, Term][] = [];
  for (const element of elements) {
    const [key, option] = isTuple(element, 2) ? element.elements : [];
    const name = atomName(key);
    if (name === undefined || option === undefined) return undefined;
    options.push([name, option]);
  }
  return options;
}

function parseOptionFile(file: string): Term | string {
  const text = new TextDecoder().decode(readBytes(file));
  try {
    return parseTerm(text, { file });
  } catch (error) {
    // OTP evaluates the file, so it could hold a fun, which nobody but OTP can use.
    if (error instanceof EnitError) return `${file} is not a single plain term: ${error.message}`;
    throw error;
  }
}
