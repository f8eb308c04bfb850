import { readdirSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../error/index.ts";

/** The Erlang application `enit`, compiled. */
export interface Agent {
  readonly version: string;
  /** The OTP that compiled it; it does not run on older ones. */
  readonly otpRelease: number;
  /** What belongs into its `ebin`. */
  readonly files: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/** The name under which the build puts the agent's files into the binary; see `build/agent.ts`. */
const EMBEDDED = "dist/agent/";

/** Reads the agent that the binary carries; while enit runs from its sources, the one that the build left in `dist`. */
export async function readAgent(): Promise<Agent> {
  const files = (await readEmbedded()) ?? (await readBuilt(join(import.meta.dir, "..", "..", "dist", "agent")));
  const app = new TextDecoder().decode(files.find(({ name }) => name === "enit.app")?.content);
  const [, version] = /\{vsn, "([^"]+)"\}/.exec(app) ?? [];
  const [, otpRelease] = /\{otp_release, (\d+)\}/.exec(app) ?? [];
  if (version === undefined || otpRelease === undefined) {
    throw new EnitError("agent_missing", "cannot find the Erlang part of enit: it was not built in", {
      kind: "defect",
      hint: "Run npm run build.",
    });
  }
  return { version, otpRelease: Number(otpRelease), files };
}

async function readEmbedded(): Promise<Agent["files"] | undefined> {
  const files: { name: string; content: Uint8Array }[] = [];
  for (const file of Bun.embeddedFiles) {
    if (!("name" in file) || typeof file.name !== "string" || !file.name.startsWith(EMBEDDED)) continue;
    files.push({ name: file.name.slice(EMBEDDED.length), content: await file.bytes() });
  }
  return files.length === 0 ? undefined : files;
}

async function readBuilt(directory: string): Promise<Agent["files"]> {
  const names = readdirSync(directory);
  return Promise.all(names.map(async (name) => ({ name, content: await Bun.file(join(directory, name)).bytes() })));
}
