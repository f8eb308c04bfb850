import { accessSync, constants } from "node:fs";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where service managers look for programs, by systemd.exec(5) and what distributions add to it. */
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * What a release that bundles nothing is found by in the environment of the caller, and a service manager would not have:
 * `ERL_LIBS`, and without an `otpRoot` the way to `erl`.
 */
export function environmentOf(env: Environment, otpRoot: string | undefined): Readonly<Record<string, string>> {
  const needed: Record<string, string> = {};
  const libs = namesIn(env["ERL_LIBS"]).map((path) => resolve(path));
  if (libs.length > 0) needed["ERL_LIBS"] = libs.join(":");
  if (otpRoot !== undefined) return needed;
  if (env["ERL_ROOTDIR"]) needed["ERL_ROOTDIR"] = resolve(env["ERL_ROOTDIR"]);
  const own = namesIn(env["PATH"]).find((directory) => isProgram(join(directory, "erl")));
  if (own !== undefined && !SYSTEM_PATH.includes(own)) needed["PATH"] = [resolve(own), ...SYSTEM_PATH].join(":");
  return needed;
}

function namesIn(list: string | undefined): string[] {
  return (list ?? "").split(":").filter((name) => name !== "");
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
