import { definePlugin, type ReleaseVersion, releaseArguments, type Ui } from "../../src/contract/index.ts";
import { showSteps } from "../upgrade/steps.ts";

export default definePlugin({
  name: "releases",
  api: 1,
  commands: {
    releases: {
      group: "Change what runs",
      description: "Show the versions of a release that are on this host, or remove one",
      details:
        "The status is that of release_handler: permanent is what starts the next time, current is installed and not " +
        "permanent, old ran before, unpacked never did. With --libraries each version is shown with the libraries that it " +
        "needs; those that no other version needs go with it.",
      examples: [
        ["releases relex", "show the versions of relex"],
        ["releases relex --remove 1.0", "remove version 1.0 and what only it needs"],
      ],
      args: {
        ...releaseArguments,
        libraries: { type: "boolean", alias: "l", description: "Show the libraries of each version" },
        remove: {
          type: "string",
          valueHint: "VERSION",
          description: "Remove a version that neither runs nor is permanent",
        },
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        using steps = showSteps(ctx);
        const removed =
          args.remove === undefined
            ? null
            : await ctx.upgrade.remove(release, args.remove, { onStep: steps.onStep, signal: ctx.signal });
        const versions = await ctx.upgrade.versions(release, { signal: ctx.signal });
        return { release: release.name, removed, versions, libraries: args.libraries };
      },
      render: ({ release, removed, versions, libraries }, ui) => {
        const done = removed === null ? [] : [`removed version ${removed.version} of ${release}`];
        return [...done, versions.length === 0 ? "no versions" : renderVersions(versions, libraries, ui)].join("\n");
      },
    },
  },
});

function renderVersions(versions: readonly ReleaseVersion[], withLibraries: boolean, ui: Ui): string {
  if (!withLibraries) {
    const rows = versions.map(({ version, status, running, own }) => [
      version,
      status,
      running ? "yes" : "",
      own.join(" "),
    ]);
    return ui.table(rows, ["Version", "Status", "Running", "Needed by it alone"]);
  }
  return versions
    .flatMap(({ version, status, running, libraries, own }) => [
      `${ui.bold(version)} ${status}${running ? ", running" : ""}`,
      ...libraries.map((library) => `  ${library}${own.includes(library) ? ui.dim("  (needed by it alone)") : ""}`),
    ])
    .join("\n");
}
