import { EnitError, definePlugin, releaseArguments } from "../../src/contract/index.ts";

export default definePlugin({
  name: "call",
  api: 1,
  commands: {
    call: {
      group: "Look inside",
      description: "Call a function in a running release and print what it returns",
      details:
        "ARGS is an Erlang list, [] if left out. What the function prints goes to standard error. With --json the " +
        "result is in the JSON form of terms, next to its text.",
      examples: [
        ["call relex erlang memory '[total]'", "erlang:memory(total)"],
        ["call relex application which_applications", "application:which_applications()"],
      ],
      args: {
        ...releaseArguments,
        module: { type: "positional", required: true, valueHint: "MODULE" },
        function: { type: "positional", required: true, valueHint: "FUNCTION" },
        arguments: {
          type: "positional",
          valueHint: "ARGS",
          default: "[]",
          description: "The arguments, an Erlang list",
        },
        timeout: {
          type: "number",
          min: 0,
          valueHint: "SECONDS",
          description: "Give up after so long (default: never)",
        },
      },
      run: async (ctx, args) => {
        const list = ctx.terms.parseTerm(args.arguments, { file: "ARGS" });
        const callArguments = ctx.terms.listElements(list);
        if (callArguments === undefined) {
          throw new EnitError("usage", `cannot call with "${args.arguments}": that is no list`, {
            kind: "usage",
            hint: "Write the arguments as an Erlang list, quoted for the shell: '[1, two, \"three\"]'.",
          });
        }
        const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
        const called = { module: args.module, function: args.function, args: callArguments };
        const result = await ctx.releases.call(release, called, {
          timeout: args.timeout === undefined ? undefined : args.timeout * 1000,
          signal: ctx.signal,
          onOutput: (text) => ctx.log.output(text),
        });
        return { text: ctx.terms.printTerm(result, { format: "p" }), term: ctx.terms.termToJson(result) };
      },
      render: ({ text }) => text,
    },
  },
});
