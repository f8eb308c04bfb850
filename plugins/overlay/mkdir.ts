import { mkdirSync } from "node:fs";
import { defineOverlay } from "../../src/contract/index.ts";
import { attempt } from "./file-error.ts";

/** `{mkdir, Directory}` */
export const mkdir = defineOverlay({
  description: "Make a directory, and those above it",
  args: ["path"],
  run: ([path], ctx) => {
    const target = ctx.destination(path);
    attempt("make the directory", path, () => mkdirSync(target, { recursive: true, mode: 0o755 }));
  },
});
