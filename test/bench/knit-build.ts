import { rmSync, statSync } from "node:fs";
import { ENIT } from "../support/run-enit.ts";
import { type Peer, compareProcesses } from "./processes.ts";
import { drawGrowth } from "./growth-chart.ts";
import { type BenchProject, escript, makeBenchProject } from "./knit-project.ts";
import type { Comparison, Row } from "./report.ts";

const ROUNDS = 7;
const APPLICATIONS = 4;
const SIZES = [10, 50, 200];
const GROWTH_ROUNDS = 3;

/** Building a release: the tree and its tarball, beside the other ways to them; and how that grows with the applications. */
export async function benchKnitBuild(): Promise<Comparison[]> {
  return [await compareWays(), await measureGrowth()];
}

async function compareWays(): Promise<Comparison> {
  using project = await makeBenchProject(APPLICATIONS);
  await runOnce(ours(project));
  const { tree, tar } = await prepareLimit(project);
  const copy = project.join("copy");
  const limit = `cp -r "${tree}" "${copy}" && gzip -6 -c "${tar}" > "${copy}.tar.gz"`;
  const rebar3 = Bun.which("rebar3");
  const peers: Peer[] = [
    ours(project),
    ...(rebar3 === null
      ? []
      : [
          {
            name: "`rebar3 release` and `rebar3 tar`",
            command: ["sh", "-c", `cd "${project.path}" && "${rebar3}" release && "${rebar3}" tar`],
            after: async () => remove(project.join("_build/default/rel")),
          },
        ]),
    reltool(project),
    {
      name: "the limit: `cp -r` of the tree, `gzip -6` of its tar",
      command: ["sh", "-c", limit],
      after: async () => remove(copy, `${copy}.tar.gz`),
    },
  ];
  const rows = await compareProcesses(peers, ROUNDS);
  const megabytes = (statSync(tar).size / 1e6).toFixed(1);
  const how =
    `Whole processes, ${ROUNDS} rounds; ${APPLICATIONS} applications of its own, 5 of OTP with what they need, and ERTS: ` +
    `${megabytes} MB. The peak memory of a shell's children is that of the greatest.`;
  return { title: "A release: tree and tarball", how, unit: "ms", rows };
}

async function measureGrowth(): Promise<Comparison> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    using project = await makeBenchProject(size);
    const [enit, theirs] = await compareProcesses([ours(project), reltool(project)], GROWTH_ROUNDS);
    if (enit === undefined || theirs === undefined) throw new Error("a peer is missing");
    rows.push(
      { ...enit, name: `enit, ${size} applications` },
      { ...theirs, name: `reltool and erl_tar, ${size} applications` },
    );
  }
  await drawGrowth(SIZES, rows);
  const how = `Whole processes, ${GROWTH_ROUNDS} rounds; generated applications of 5 modules each.`;
  return { title: "A release: growth with its applications", how, unit: "ms", rows };
}

function ours(project: BenchProject): Peer {
  return {
    name: "`enit knit-build force=true`",
    command: [ENIT, "knit-build", "-r", project.join("rel/reltool.config"), "force=true"],
    // What was compressed before would be taken from there.
    after: async () => remove(project.join("rel/releases")),
  };
}

function reltool(project: BenchProject): Peer {
  const [target, tarball] = [project.join("theirs/relex"), project.join("theirs/relex-1.tar.gz")];
  project.write("theirs/.keep", "");
  return {
    name: "an escript with reltool and erl_tar",
    command: [escript(), project.reltoolScript, project.join("rel/reltool.config"), target, tarball],
    after: async () => remove(target, tarball),
  };
}

/** The tree, and its tar without compression. */
async function prepareLimit(project: BenchProject): Promise<{ tree: string; tar: string }> {
  const tar = project.join("tree.tar");
  await runOnce({ name: "tar", command: ["tar", "-C", project.join("rel"), "-cf", tar, "relex"] });
  return { tree: project.join("rel/relex"), tar };
}

async function runOnce({ command }: Peer): Promise<void> {
  const run = Bun.spawn({ cmd: [...command], stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  if ((await run.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${await run.stderr.text()}`);
}

function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}
