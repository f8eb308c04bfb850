import { join } from "node:path";
import { ENIT } from "../support/run-enit.ts";
import { escript } from "./knit-project.ts";
import { type Peer, compareProcesses } from "./processes.ts";
import type { Comparison, Row } from "./report.ts";
import { type UpgradeBenchProject, makeUpgradeProject, prepareRebar3, remove, run } from "./upgrade-project.ts";

const ROUNDS = 5;
const OLDER = [1, 5, 20];

/** Building a release and the upgrade from older ones, beside rebar3, which does it from one, and systools in an escript. */
export async function benchKnitUpgrade(): Promise<Comparison[]> {
  using project = await makeUpgradeProject(Math.max(...OLDER));
  const rebar3 = Bun.which("rebar3");
  if (rebar3 !== null) await prepareRebar3(project, rebar3);
  // The tree that systools takes.
  await run(ours(project, 1).command, project.path);
  const peers = [
    ...OLDER.map((count) => ours(project, count)),
    ours(project, 0),
    ...(rebar3 === null ? [] : [relupAndTar(project, rebar3)]),
    ...OLDER.map((count) => systools(project, count)),
  ];
  const rows = await compareProcesses(peers, ROUNDS);
  const how =
    `Whole processes, ${ROUNDS} rounds; releases of 4 applications of their own, 5 of OTP with what they need, and ERTS. ` +
    "enit makes the release anew, tree and tarball, of which it compresses only what is in no tarball that is there; it reads the " +
    "tarballs of the older ones, and makes appups, relup and the tarball of the upgrade. rebar3 and systools find the new release made, and appups written; rebar3 finds the older release " +
    `unpacked. ${growth(rows)}`;
  return [{ title: "An upgrade from 1, 5 and 20 older releases", how, unit: "ms", rows }];
}

function growth(rows: readonly Row[]): string {
  const [one, , most] = rows;
  const [few = 0, many = 0] = [OLDER[0], OLDER.at(-1)];
  if (one === undefined || most === undefined) return "";
  const each = (most.median - one.median) / (many - few);
  return `Each further older release costs enit ${((100 * each) / one.median).toFixed(1)} % of the first.`;
}

/** The newest of the older releases. */
function newest({ older }: UpgradeBenchProject, count: number): readonly string[] {
  return count === 0 ? [] : older.slice(-count);
}

function ours(project: UpgradeBenchProject, count: number): Peer {
  const versions = newest(project, count).map((version) => `"${version}"`);
  const name = count === 0 ? "enit, no older release: no upgrade" : `enit, ${count} older`;
  const config = project.join("rel/reltool.config");
  return { name, command: [ENIT, "knit-build", "-r", config, "force=true", `upgrade_versions=!![${versions.join()}]`] };
}

function relupAndTar(project: UpgradeBenchProject, rebar3: string): Peer {
  const relex = project.join("_build/default/rel/relex");
  const relup = `"${rebar3}" relup -n relex -v ${project.version} -u ${project.older[0]}`;
  return {
    name: "`rebar3 relup` and `rebar3 tar`, 1 older",
    command: ["sh", "-c", `cd "${project.path}" && ${relup} && "${rebar3}" tar -n relex -v ${project.version}`],
    after: async () =>
      remove(
        join(relex, `relex-${project.version}.tar.gz`),
        join(relex, "relup"),
        join(relex, "releases", project.version, "relup"),
      ),
  };
}

function systools(project: UpgradeBenchProject, count: number): Peer {
  const scratch = project.join("scratch");
  const olders = newest(project, count).map(
    (version) => `${version}=${project.join(`rel/releases/relex-${version}.tar.gz`)}`,
  );
  return {
    name: `an escript with erl_tar and systools, ${count} older`,
    command: [escript(), project.systoolsScript, project.join("rel/relex"), project.version, scratch, ...olders],
    after: async () => remove(scratch),
  };
}
