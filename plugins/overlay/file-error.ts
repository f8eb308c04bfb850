import { toFileError } from "../../src/contract/index.ts";

/** Does something with a file; what the system refuses becomes an error `file_failed` that names it. */
export function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toFileError(error, { code: "file_failed", action, path });
  }
}
