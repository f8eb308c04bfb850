import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { toFileError } from "../../error/index.ts";
import { type OverlayPlaces, destinationPath, sourcePath } from "./places.ts";
import { renderTemplate } from "./template.ts";
import type { View } from "./view.ts";

/** What the contract's `OverlayContext` has besides a plugin's own context. */
export interface OverlayWorkspace {
  readonly buildDirectory: string;
  readonly sourceDirectory: string;
  readonly variables: View;
  readonly otpRelease: number;
  render(template: string, file?: string): string;
  destination(path: string): string;
  source(path: string): string;
  read(path: string): Promise<Uint8Array>;
  write(path: string, contents: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
}

/** Makes what overlay operations work with. `otpRelease` is the OTP whose regular expressions count. */
export function openWorkspace(places: OverlayPlaces, variables: View, otpRelease: number): OverlayWorkspace {
  const destination = (path: string): string => destinationPath(path, places);
  return {
    buildDirectory: places.tree,
    sourceDirectory: places.sourceDirectory,
    variables,
    otpRelease,
    render: (template, file) =>
      renderTemplate(template, variables, file === undefined ? { what: "a template" } : { file }),
    destination,
    source: (path) => sourcePath(path, places),
    read: async (path) => {
      try {
        return readFileSync(destination(path));
      } catch (error) {
        throw toFileError(error, { code: "file_unreadable", action: "read", path });
      }
    },
    write: async (path, contents, { mode = 0o644 } = {}) => {
      const target = destination(path);
      try {
        mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
        writeFileSync(target, contents);
        // Whatever the umask is, and whatever was there before.
        chmodSync(target, mode);
      } catch (error) {
        throw toFileError(error, { code: "file_unwritable", action: "write", path });
      }
    },
  };
}
