import { definePlugin, releaseArguments } from "../../src/contract/index.ts";
import { renderExplained } from "./render.ts";

export default definePlugin({
  name: "config",
  api: 1,
  commands: {
    config: {
      group: "Run releases",
      description: "Show the merged configuration of a release",
      details:
        "What all configuration files together say, as Erlang terms. With --explain, each key with the file and line " +
        "that gave it, and those that it overrides.",
      examples: [
        ["config relex", "show what relex is started with"],
        ["config relex --explain", "show which file and line gave each key"],
      ],
      args: {
        ...releaseArguments,
        explain: { type: "boolean", alias: "e", description: "Say which file and line gave each key" },
        showCookie: { type: "boolean", description: "Show the cookie in clear" },
      },
      run: async (ctx, args) => {
        const { terms, releases } = ctx;
        const release = await releases.load(args.release, { match: args.match, toLookAt: true });
        const keys = releases.explain(release, { showCookie: args.showCookie });
        const applications = [...new Set(keys.map(({ application }) => application))];
        const printed = applications.map((application) => {
          const own = keys.filter((key) => key.application === application);
          const entries = own.map(({ key, value }) => terms.tuple(terms.atom(key), value));
          return `${terms.printTerm(terms.tuple(terms.atom(application), terms.list(entries)), { format: "tp" })}.`;
        });
        return {
          release: release.name,
          version: release.version,
          explain: args.explain,
          text: printed.join("\n\n"),
          keys: keys.map(({ application, key, value, origin, overridden }) => ({
            application,
            key,
            text: terms.printTerm(value, { format: "tp" }),
            term: terms.termToJson(value),
            origin,
            overridden: overridden.map((written) => written.origin),
          })),
        };
      },
      render: (data, ui) => (data.explain ? renderExplained(data.keys, ui) : data.text),
    },
  },
});
