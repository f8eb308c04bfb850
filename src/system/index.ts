export { executeProgram } from "./execute.ts";
export { LOCK_DESCRIPTOR, lockOpenFile } from "./file-lock.ts";
export type { FileLock, LockOptions } from "./file-lock.ts";
export { INTERNAL_COMMAND, internalCommand, ownCommand } from "./internal-command.ts";
export type { InternalTask } from "./internal-command.ts";
export { libc } from "./libc.ts";
export type { Libc, PasswdEntry } from "./libc.ts";
export { describeNativeCode, describeNativeFile } from "./native-code.ts";
export { openFilesOf } from "./open-files.ts";
