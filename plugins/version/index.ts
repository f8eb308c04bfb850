import { definePlugin } from "../../src/contract/index.ts";

export default definePlugin({
  name: "version",
  api: 1,
  commands: {
    version: {
      group: "enit itself",
      description: "Show the version of enit",
      run: (ctx) => ({ version: ctx.host.version }),
      render: (data) => data.version,
    },
  },
});
