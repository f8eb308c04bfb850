import { EnitError, applicationArguments, definePlugin, findInPath } from "../../src/contract/index.ts";

export default definePlugin({
  name: "relup",
  api: 1,
  commands: {
    relup: {
      group: "Build",
      description: "Make the upgrade script of a release, as systools:make_relup does",
      details:
        "Writes the file relup in the current directory: how release_handler takes a running system from each OLD.rel of --up to NEW, and from " +
        "NEW back to each of --down. What is to be done stands in the appups of the applications of NEW. No Erlang VM is " +
        "started. Applications of all releases are looked for as enit script does.",
      examples: [
        ["relup relex-2.rel --up relex-1.rel --down relex-1.rel --path lib", "make relup for both ways"],
        ["relup relex-3.rel --up relex-1.rel --up relex-2.rel --path 'rel*/lib' -o out", "make out/relup, no way back"],
      ],
      args: {
        release: { type: "positional", required: true, valueHint: "NEW.rel", description: "The newer release" },
        directories: { type: "positional", rest: true, valueHint: "DIR", description: "More directories of --path" },
        up: { type: "string", multiple: true, valueHint: "OLD.rel", description: "A release to upgrade from" },
        down: { type: "string", multiple: true, valueHint: "OLD.rel", description: "A release to go back to" },
        ...applicationArguments,
        output: { type: "string", alias: "o", valueHint: "DIR", description: "Write relup in DIR" },
        restartEmulator: { type: "boolean", description: "Restart the emulator at the end of each upgrade" },
        warningsAsErrors: { type: "boolean", description: "Refuse what would be warned of" },
      },
      run: (ctx, args) => {
        const stray = args.directories.find((each) => each.endsWith(".rel"));
        if (stray !== undefined) throw strayRelease(stray);
        const otp = ctx.otp.findOtp({ root: ctx.settings.otpRoot });
        const release = ctx.otp.readReleaseFile(fileOf(args.release));
        const older = (names: readonly string[]) =>
          names.map((name) => ({ release: ctx.otp.readReleaseFile(fileOf(name)) }));
        const { relup, up, down, warnings } = ctx.otp.makeRelup(release, {
          otp,
          applications: findInPath(ctx, [...args.path, ...args.directories], otp),
          up: older(args.up),
          down: older(args.down),
          restartEmulator: args.restartEmulator,
          warningsAsErrors: args.warningsAsErrors,
        });
        if (up.length + down.length === 0) ctx.log.warn("no older release is named with --up or --down");
        for (const { message } of warnings) ctx.log.warn(message);
        const target = args.output === undefined ? "relup" : `${args.output}/relup`;
        ctx.otp.writeFilesAtomically([{ path: target, content: ctx.otp.formatTermFile(relup, { otp: otp.release }) }]);
        const describe = (way: (typeof up)[number]) => ({
          vsn: way.vsn,
          instructions: way.instructions.map((each) =>
            ctx.terms.printTerm(each, { format: "tp", width: 0, printableRange: "unicode" }),
          ),
        });
        return {
          release: { name: release.name, vsn: release.vsn },
          otp: otp.version,
          file: target,
          up: up.map(describe),
          down: down.map(describe),
          warnings,
        };
      },
      render: ({ file }) => file,
    },
  },
});

function fileOf(release: string): string {
  return release.endsWith(".rel") ? release : `${release}.rel`;
}

function strayRelease(release: string): EnitError {
  return new EnitError("stray_release", `cannot tell what "${release}" is for: it stands behind no --up or --down`, {
    kind: "usage",
    hint: "Name each older release by its own --up or --down.",
    data: { release },
  });
}
