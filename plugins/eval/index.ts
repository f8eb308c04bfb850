import { definePlugin, releaseArguments } from "../../src/contract/index.ts";

export default definePlugin({
  name: "eval",
  api: 1,
  commands: {
    eval: {
      group: "Look inside",
      description: "Evaluate an Erlang expression in a running release and print its value",
      details:
        "EXPR may be several expressions with commas between them; the last dot may be left out. What they print goes " +
        "to standard error. With --json the value is in the JSON form of terms, next to its text.",
      examples: [
        ["eval relex 'erlang:system_info(process_count)'", "how many processes there are"],
        ["eval relex '[Name || {Name, _, _} <- application:which_applications()]'", "which applications run"],
      ],
      args: {
        ...releaseArguments,
        expression: { type: "positional", required: true, valueHint: "EXPR" },
        timeout: {
          type: "number",
          min: 0,
          valueHint: "SECONDS",
          description: "Give up after so long (default: never)",
        },
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
        const value = await ctx.releases.evaluate(release, args.expression, {
          timeout: args.timeout === undefined ? undefined : args.timeout * 1000,
          signal: ctx.signal,
          onOutput: (text) => ctx.log.output(text),
        });
        return { text: ctx.terms.printTerm(value, { format: "p" }), term: ctx.terms.termToJson(value) };
      },
      render: ({ text }) => text,
    },
  },
});
