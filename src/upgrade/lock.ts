import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnitError, systemCode, toFileError } from "../error/index.ts";
import { libc } from "../system/index.ts";
import { asOwnerOf, lockState } from "../vm/index.ts";

export interface UpgradeLock extends Disposable {
  /** Lets the release be stopped and started, which takes the lock of its state; another change of its version still waits for the end. */
  readonly releaseState: () => void;
}

/**
 * Takes the right to change the version that a release runs. Does not wait for another one that has it: what that leaves
 * is not what was asked for. Given back by `dispose`, and by the end of the process.
 *
 * Throws `upgrade_running`, `state_dir_unwritable`.
 */
export async function lockUpgrade(
  release: { readonly name: string; readonly stateDir: string },
  signal?: AbortSignal,
): Promise<UpgradeLock> {
  const file = join(release.stateDir, "upgrade.lock");
  const fd = writing(file, () => asOwnerOf(release.stateDir, () => openSync(file, "a+", 0o600)));
  if (!(await libc()).lockExclusively(fd, { wait: false })) {
    closeSync(fd);
    throw running(release.name, Number.parseInt(readFileSync(file, "utf8"), 10));
  }
  using cleanup = new DisposableStack();
  cleanup.defer(() => closeSync(fd));
  writing(file, () => asOwnerOf(release.stateDir, () => writeFileSync(file, `${process.pid}\n`)));
  // Nobody starts, stops or configures it meanwhile.
  const state = cleanup.use(new DisposableStack());
  state.use(await lockState(release.stateDir, { signal }));
  const all = cleanup.move();
  return { releaseState: () => state.dispose(), [Symbol.dispose]: () => all.dispose() };
}

function writing<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const isDenied = systemCode(error) === "EACCES";
    throw toFileError(error, {
      code: "state_dir_unwritable",
      action: "write",
      path: file,
      hint: isDenied ? "Run enit as root or as the user who started the release." : undefined,
    });
  }
}

function running(release: string, pid: number): EnitError {
  return new EnitError("upgrade_running", `cannot change the version of "${release}": process ${pid} is changing it`, {
    hint: "Try again when it is done.",
    data: { release, pid },
  });
}
