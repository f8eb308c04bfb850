/** Becomes a remote shell on the VM of a state directory: `shell.ts STATE_DIR`. */
import { findRunningVm, prepareRemoteShell } from "../../src/vm/index.ts";

const [stateDir = ""] = process.argv.slice(2);
const vm = findRunningVm(stateDir);
if (vm === undefined) throw new Error(`no VM in ${stateDir}`);
const shell = await prepareRemoteShell(vm, stateDir, process.env);
await shell.become();
