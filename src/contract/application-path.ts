import type { ArgumentDefinitions } from "./arguments.ts";
import type { Context } from "./context.ts";

/** The arguments of every command that looks for applications. */
export const applicationArguments = {
  path: {
    type: "string",
    multiple: true,
    valueHint: "DIR",
    description: "Look for applications in DIR; * stands for any characters of a name",
  },
} as const satisfies ArgumentDefinitions;

/**
 * The applications in the directories of `--path`, which hold `.app` files or applications, then in those of
 * `enit.toml`, of ERL_LIBS and of Erlang/OTP. Warns of a pattern that names no directory.
 */
export function findInPath(
  ctx: Context,
  patterns: readonly string[],
  otp: import("../otp/index.ts").OtpInstallation,
): import("../otp/index.ts").ApplicationIndex {
  const paths = patterns.flatMap((pattern) => {
    const found = ctx.otp.expandSearchPath([pattern]);
    if (found.length === 0) ctx.log.warn(`no directory "${pattern}" to look for applications in`);
    return found;
  });
  // A directory of the path may be of either kind.
  return ctx.otp.findApplications({
    ebinDirs: paths,
    libDirs: [...paths, ...ctx.otp.libraryDirs(otp, ctx.settings.libDirs)],
  });
}
