import type { AppType, Profile } from "./config.ts";

/** What a profile sets: regular expressions of filters, and the type of applications that no release names. */
export interface ProfileDefaults {
  readonly inclSysFilters: readonly string[];
  readonly exclSysFilters: readonly string[];
  readonly inclAppFilters: readonly string[];
  readonly exclAppFilters: readonly string[];
  readonly embeddedAppType: AppType;
}

/** The profiles of reltool, the same from OTP 25 to 29 (`reltool.hrl`; OTP does not say them in any file that is data). */
export const PROFILES: Readonly<Record<Profile, ProfileDefaults>> = {
  development: {
    inclSysFilters: [".*"],
    exclSysFilters: [],
    inclAppFilters: [".*"],
    exclAppFilters: [],
    embeddedAppType: undefined,
  },
  embedded: {
    inclSysFilters: ["^bin", "^erts", "^lib", "^releases"],
    exclSysFilters: [
      "^bin/(erlc|dialyzer|typer)(|\\.exe)$",
      "^erts.*/bin/(erlc|dialyzer|typer)(|\\.exe)$",
      "^erts.*/bin/.*(debug|pdb)",
    ],
    inclAppFilters: ["^ebin", "^include", "^priv"],
    exclAppFilters: [],
    embeddedAppType: "load",
  },
  standalone: {
    inclSysFilters: [
      "^bin/(erl|epmd)(|\\.exe|\\.ini)$",
      "^bin/start(|_clean).boot$",
      "^bin/no_dot_erlang\\.boot$",
      "^erts.*/bin",
      "^lib$",
    ],
    exclSysFilters: [
      "^erts.*/bin/(erlc|dialyzer|typer)(|\\.exe)$",
      "^erts.*/bin/(start|escript|to_erl|run_erl)(|\\.exe)$",
      "^erts.*/bin/.*(debug|pdb)",
    ],
    inclAppFilters: ["^ebin", "^priv"],
    exclAppFilters: ["^ebin/.*\\.appup$"],
    embeddedAppType: undefined,
  },
};

/** Filters that no profile sets: top level names of applications that go into an archive, and those that do not. */
export const ARCHIVE_FILTERS = { incl: [".*"], excl: ["^include$", "^priv$"] } as const;
