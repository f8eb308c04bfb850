import { EnitError, applicationArguments, definePlugin, findInPath } from "../../src/contract/index.ts";

export default definePlugin({
  name: "script",
  api: 1,
  commands: {
    script: {
      group: "Build",
      description: "Make the boot script of a release, as systools:make_script does",
      details:
        "Writes NAME.script and NAME.boot beside NAME.rel. No Erlang VM is started. Applications are looked for in the " +
        "directories of --path, which hold .app files (lib/app-1.0/ebin) or applications (lib), then in those of enit.toml " +
        "and ERL_LIBS, then in Erlang/OTP itself.",
      examples: [
        ["script relex.rel --path _build/lib/*/ebin", "make relex.script and relex.boot"],
        ["script relex.rel --path lib --local -o /tmp", "with the directories of this machine, in /tmp"],
      ],
      args: {
        release: {
          type: "positional",
          required: true,
          valueHint: "NAME.rel",
          description: "The release resource file",
        },
        directories: { type: "positional", rest: true, valueHint: "DIR", description: "More directories of --path" },
        ...applicationArguments,
        local: { type: "boolean", description: "Write the directories in which the applications were found" },
        output: { type: "string", alias: "o", valueHint: "DIR", description: "Write the files in DIR" },
        variable: {
          type: "string",
          multiple: true,
          valueHint: "NAME=DIR",
          description: "Write $NAME for DIR, which erl -boot_var NAME sets",
        },
        noDotErlang: { type: "boolean", description: "Do not run $HOME/.erlang when the system has started" },
        warningsAsErrors: { type: "boolean", description: "Refuse what would be warned of" },
      },
      run: (ctx, args) => {
        const file = args.release.endsWith(".rel") ? args.release : `${args.release}.rel`;
        const otp = ctx.otp.findOtp({ root: ctx.settings.otpRoot });
        const release = ctx.otp.readReleaseFile(file);
        const { script, warnings } = ctx.otp.makeScript(release, {
          otp,
          applications: findInPath(ctx, [...args.path, ...args.directories], otp),
          local: args.local,
          variables: args.variable.map(readVariable),
          noDotErlang: args.noDotErlang,
          warningsAsErrors: args.warningsAsErrors,
        });
        for (const { message } of warnings) ctx.log.warn(message);
        const target = targetOf(file, args.output);
        const files = { script: `${target}.script`, boot: `${target}.boot` };
        ctx.otp.writeFilesAtomically([
          { path: files.script, content: ctx.otp.formatTermFile(script, { otp: otp.release }) },
          { path: files.boot, content: ctx.otp.encodeBoot(script, otp) },
        ]);
        return { release: { name: release.name, vsn: release.vsn }, otp: otp.version, files, warnings };
      },
      render: ({ files }) => `${files.script}\n${files.boot}`,
    },
  },
});

function readVariable(text: string): [name: string, directory: string] {
  const [, name, directory] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && directory !== undefined) return [name, directory];
  throw new EnitError("bad_variable", `cannot use the variable "${text}": it is not of the form NAME=DIR`, {
    kind: "usage",
  });
}

/** The files to be written, without their last part: beside the release, or in the directory given. */
function targetOf(file: string, output: string | undefined): string {
  const base = file.slice(0, -".rel".length);
  return output === undefined ? base : `${output}/${base.slice(base.lastIndexOf("/") + 1)}`;
}
