import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "./reading.ts";

/** The name of a node in its parts. */
export interface NodeName {
  /** The part before the `@`. */
  readonly name: string;
  readonly host: string;
  /** `name@host` */
  readonly nodeName: string;
  /** Whether it is a long name (`-name`) or a short one (`-sname`); nodes of the two kinds do not talk to each other. */
  readonly longNames: boolean;
}

/** Atoms have at most so many characters. */
const MAX_LENGTH = 255;

/**
 * Completes the name of a node, by the rules of `net_kernel` of OTP 25 to 29.
 *
 * @param written `name` or `name@host`. Without a host it is this machine's: the short name of it, or with long names
 * the one with its domain.
 * @param longNames `undefined`: long if the host has a dot.
 * @returns what is wrong with it, as text, if it is no name of a node.
 */
export function completeNodeName(
  written: string,
  longNames: boolean | undefined,
  localHost: () => string = hostname,
): NodeName | string {
  const at = written.indexOf("@");
  const name = at < 0 ? written : written.slice(0, at);
  if (!/^[0-9A-Za-z_-]+$/.test(name)) {
    return "the part before the @ must consist of letters without accents, digits, _ and -";
  }
  const host = at < 0 ? defaultHost(longNames === true, localHost()) : written.slice(at + 1);
  if (host === undefined) return "this machine has no domain, so a long name must say its host";
  // Names of hosts are printable Latin-1 for OTP, and an @ would end the name before.
  if (!/^[!-?A-~\xa1-\xff]+$/.test(host)) return "the part after the @ is not the name of a host";
  const isLong = longNames ?? host.includes(".");
  if (!isLong && host.includes(".")) return "a short name must not have a dot in its host";
  const nodeName = `${name}@${host}`;
  if (nodeName.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  return { name, host, nodeName, longNames: isLong };
}

function defaultHost(longNames: boolean, local: string): string | undefined {
  const [short = local] = local.split(".", 1);
  if (!longNames) return short;
  if (local.includes(".")) return local;
  const domain = resolverDomain();
  return domain === undefined ? undefined : `${short}.${domain}`;
}

/** The domain of this machine in `resolv.conf(5)`: the last `domain` or first name of a `search`. */
function resolverDomain(): string | undefined {
  try {
    const lines = readFileSync("/etc/resolv.conf", "latin1").matchAll(/^(?:domain|search)[ \t]+([^\s.]\S*)/gm);
    return [...lines].at(-1)?.[1];
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
