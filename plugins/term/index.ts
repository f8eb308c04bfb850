import { definePlugin } from "../../src/contract/index.ts";
import { readInput } from "./read-input.ts";
import { readTerms } from "./read-terms.ts";
import { drawTerms, writeTerms } from "./write-terms.ts";

export default definePlugin({
  name: "term",
  api: 1,
  commands: {
    term: {
      group: "Read files",
      description: "Read Erlang terms and convert them: text, external format, JSON",
      details:
        "A file may hold several terms. text: each ended by a dot, as in .app and .config files. etf: the external " +
        "format of term_to_binary, as in .boot files, one term after the other. json: an array with one element for " +
        "each term, in the form that docs/term-json.md describes. Without --from, a first byte of 131 means etf, and " +
        "anything else text.",
      examples: [
        ["term sys.config --to json", "print a configuration as JSON"],
        ["term start.boot", "print a boot file as text"],
        ["term spec.json --from json --to etf > spec.etf", "make the external format"],
      ],
      args: {
        file: { type: "positional", default: "-", description: "The file to read; - is standard input" },
        from: { type: "enum", options: ["text", "etf", "json"], description: "What the file holds" },
        to: { type: "enum", options: ["text", "etf", "json"], default: "text", description: "What to print" },
      },
      run: async (ctx, args) => {
        const input = await readInput(args.file);
        const { from, terms } = readTerms(ctx.terms, input, args.from);
        return { from, count: terms.length, ...writeTerms(ctx.terms, terms, args.to) };
      },
      render: drawTerms,
    },
  },
});
