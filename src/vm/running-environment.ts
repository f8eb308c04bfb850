import { readFileSync } from "node:fs";
import { systemCode } from "../error/index.ts";
import { findRunningVm } from "./vm-record.ts";

/** What a VM has otherwise than whoever started it: it runs as somebody else, has a home of its own, and was another version. */
const OF_THE_VM = /^(?:HOME|USER|LOGNAME|SHELL|ROOTDIR|BINDIR|EMU|PROGNAME|RELEASE_(?:ROOT|NAME|VSN|NODE|SYS_CONFIG))$/;

/**
 * The environment that the VM of a state directory was started in; `undefined` if none runs, or not as a user whose processes
 * we may look into.
 */
export function readRunningEnvironment(stateDir: string): Readonly<Record<string, string>> | undefined {
  const vm = findRunningVm(stateDir);
  if (vm === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${vm.pid}/environ`, "utf8");
  } catch (error) {
    if (["EACCES", "EPERM", "ENOENT", "ESRCH"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
  const variables = text.split("\0").map((line): [string, string] => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(variables.filter(([name]) => name !== "" && !OF_THE_VM.test(name)));
}
