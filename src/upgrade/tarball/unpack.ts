import { closeSync, constants, openSync, readSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { NodeConnection } from "../../dist/index.ts";
import { EnitError, toFileError } from "../../error/index.ts";
import { asOwnerOf } from "../../vm/index.ts";
import { keepBookkeeping } from "../bookkeeping.ts";
import type { ReleasePlaces } from "../release-files.ts";
import type { UpgradeStep } from "../step.ts";
import { removeRelease, unpackRelease } from "../vm/handler.ts";
import { findIncomplete } from "./check-tarball.ts";
import { beginUnpacking, endUnpacking, undoUnpacking } from "./journal.ts";
import type { UpgradeTarball } from "./read-upgrade.ts";

const PIECE = 1024 * 1024;

export interface UnpackOptions {
  readonly onStep: (step: UpgradeStep) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a tarball to where `release_handler` looks for it, has it unpacked, and compares what is there then with what was
 * packed. After an error nothing of it is left.
 *
 * Throws `file_unwritable`, `release_handler_failed`, `unpack_incomplete`.
 */
export async function unpackTarball(
  connection: NodeConnection,
  tarball: UpgradeTarball,
  places: ReleasePlaces,
  { onStep, signal }: UnpackOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const bookkeeping = keepBookkeeping(places);
  const unpacking = beginUnpacking(places, tarball);
  try {
    onStep({ kind: "copying", file: tarball.file });
    copy(tarball.file, join(places.releasesDir, `${tarball.name}.tar.gz`), places);
    onStep({ kind: "unpacking", version: tarball.spec.vsn });
    // Once begun it is not given up: nobody could tell what of it is there.
    await unpackRelease(connection, tarball.name);
    const incomplete = findIncomplete(tarball, places.root);
    if (incomplete.length > 0) {
      await removeRelease(connection, tarball.spec.vsn);
      throw unpackIncomplete(tarball, incomplete);
    }
  } catch (error) {
    const isFull = statfsSync(places.root).bavail === 0;
    // A VM that cannot be asked may unpack still: the next run finds out.
    if (!(error instanceof EnitError && error.code === "connection_closed")) {
      undoUnpacking(places, unpacking);
      bookkeeping.restore();
    }
    // release_handler passes over that, and says what came of it.
    if (isFull) throw diskFull(tarball, error);
    throw error;
  }
  endUnpacking(places);
}

/** With the rights of the owner of the directory: it is the VM's user who is to read and remove it. */
function copy(from: string, to: string, { releasesDir }: ReleasePlaces): void {
  const reading = <T>(read: () => T): T => wrapped("file_unreadable", "read", from, read);
  const input = reading(() => openSync(from, "r"));
  try {
    asOwnerOf(releasesDir, () => {
      wrapped("file_unwritable", "write", to, () => {
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
        const output = openSync(to, flags, 0o644);
        try {
          const piece = Buffer.allocUnsafe(PIECE);
          for (let length = readSync(input, piece); length > 0; length = readSync(input, piece)) {
            for (let at = 0; at < length;) at += writeSync(output, piece, at, length - at);
          }
        } finally {
          closeSync(output);
        }
      });
    });
  } finally {
    closeSync(input);
  }
}

function wrapped<T>(code: string, action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toFileError(error, { code, action, path });
  }
}

function diskFull({ file }: UpgradeTarball, cause: unknown): EnitError {
  return new EnitError("disk_full", `cannot unpack "${file}": no space is left on the device`, {
    kind: "io",
    data: { file },
    cause,
  });
}

function unpackIncomplete({ file, spec }: UpgradeTarball, paths: readonly string[]): EnitError {
  const shown = paths.slice(0, 3).join(", ") + (paths.length > 3 ? `, and ${paths.length - 3} more` : "");
  return new EnitError("unpack_incomplete", `cannot unpack "${file}": after that ${shown} is not as in the tarball`, {
    kind: "io",
    data: { file, version: spec.vsn, files: paths },
  });
}
