import { chmodSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toFileError } from "../../error/index.ts";

/**
 * Makes the shell scripts that start a system find it wherever it lies: `bin/erl`, `erts-VSN/bin/erl`, and `start` beside them.
 *
 * Those of an installation name its directory, Debian's without a way out; and the program `dyn_erl`, which reltool takes in
 * their place where there is one, is no script and stays. Scripts that an overlay or an application brings are not ours to
 * change, so this comes before overlays. @returns the files that were changed, relative to the tree.
 */
export function relocateStartScripts(tree: string, ertsVersion: string): string[] {
  const erts = `erts-${ertsVersion}`;
  const changed: string[] = [];
  for (const [directory, up] of [
    ["bin", ".."],
    [`${erts}/bin`, "../.."],
  ] as const) {
    for (const [name, script] of [
      ["erl", erlScript(up, erts)],
      ["start", startScript(up)],
    ] as const) {
      const path = join(tree, directory, name);
      if (!isShellScript(path)) continue;
      try {
        writeFileSync(path, script);
        chmodSync(path, 0o755);
      } catch (error) {
        throw toFileError(error, { code: "file_unwritable", action: "write", path });
      }
      changed.push(`${directory}/${name}`);
    }
  }
  return changed;
}

/** Leaves the directory that `$0` lies in, links to it followed, in `dir`. Needs nothing but POSIX and `readlink`. */
const FIND_SELF = `self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
dir=$(cd "$(dirname "$self")" && pwd -P) || exit 1
`;

/** As OTP's own `erl`, which it replaces: sets what `erlexec` needs, and becomes it. */
function erlScript(up: string, erts: string): string {
  return `#!/bin/sh
# Starts Erlang in the release that this script lies in, wherever that is.
${FIND_SELF}ROOTDIR=$(cd "$dir/${up}" && pwd -P) || exit 1
BINDIR=$ROOTDIR/${erts}/bin
EMU=beam
PROGNAME=\${0##*/}
export ROOTDIR BINDIR EMU PROGNAME
exec "$BINDIR/erlexec" "$@"
`;
}

/** As OTP's own \`start\`: runs the release that start_erl.data names as a daemon, with its terminal in pipes. */
function startScript(up: string): string {
  return `#!/bin/sh
# Starts the release that this script lies in as a daemon; to_erl reaches its shell.
# Usage: start [START_ERL_DATA]
${FIND_SELF}ROOTDIR=$(cd "$dir/${up}" && pwd -P) || exit 1
RELDIR=\${RELDIR:-$ROOTDIR/releases}
START_ERL_DATA=\${1:-$RELDIR/start_erl.data}
mkdir -p "$ROOTDIR/log"
exec "$ROOTDIR/bin/run_erl" -daemon /tmp/ "$ROOTDIR/log" \\
  "exec '$ROOTDIR/bin/start_erl' '$ROOTDIR' '$RELDIR' '$START_ERL_DATA'"
`;
}

function isShellScript(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return readFileSync(path).subarray(0, 2).toString("latin1") === "#!";
}
