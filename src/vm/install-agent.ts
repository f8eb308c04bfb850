import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { toFileError } from "../error/index.ts";
import { formatTermFile } from "../otp/index.ts";
import { type Agent, readAgent } from "./agent.ts";
import { agentApplication } from "./agent-application.ts";

/**
 * Writes the Erlang application `enit` to `DIRECTORY/enit-VSN`, whole or not at all, in place of one that is there.
 *
 * Throws `unwritable` (kind `io`).
 */
export async function installAgent(
  directory: string,
  command: readonly string[],
): Promise<{ readonly agent: Agent; readonly ebin: string }> {
  const agent = await readAgent();
  const target = resolve(directory, `enit-${agent.version}`);
  try {
    mkdirSync(directory, { recursive: true });
    const unfinished = mkdtempSync(`${target}.`);
    try {
      chmodSync(unfinished, 0o755);
      mkdirSync(join(unfinished, "ebin"), { mode: 0o755 });
      for (const { name, content } of agent.files) {
        const isApplication = name === "enit.app";
        const bytes = isApplication
          ? formatTermFile(agentApplication(agent, command), { otp: agent.otpRelease })
          : content;
        writeFileSync(join(unfinished, "ebin", name), bytes, { mode: 0o644 });
      }
      rmSync(target, { recursive: true, force: true });
      renameSync(unfinished, target);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  } catch (error) {
    throw toFileError(error, { code: "unwritable", action: "write the Erlang application enit to", path: directory });
  }
  return { agent, ebin: join(target, "ebin") };
}
