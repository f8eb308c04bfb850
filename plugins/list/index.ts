import { existsSync } from "node:fs";
import { definePlugin } from "../../src/contract/index.ts";

export default definePlugin({
  name: "list",
  api: 1,
  commands: {
    list: {
      group: "Run releases",
      description: "List the releases of this host and whether they run",
      examples: [["list --json", "the same for a script"]],
      run: async (ctx) => {
        const releases = await ctx.releases.list();
        const { definitionDir } = ctx.settings;
        if (releases.length === 0) {
          if (existsSync(definitionDir)) ctx.log.info(`looked for NAME/release.enit in ${definitionDir}`);
          else ctx.log.warn(`there is no directory ${definitionDir}`);
        }
        return releases;
      },
      render: (releases, ui) =>
        releases.length === 0
          ? "no releases"
          : ui.list(
              releases.map(({ name, version, node, state, error }) =>
                error === undefined ? `${name} ${version} [${node}] (${state})` : `${name} (${state}) ${ui.red(error)}`,
              ),
            ),
    },
  },
});
