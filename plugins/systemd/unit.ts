interface UnitFacts {
  readonly name: string;
  readonly stopTimeoutSeconds: number | "infinity";
  /** What a command needs to find the same release. */
  readonly flags: readonly string[];
  /** What the service manager does not have of the environment in which the release is found. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the unit is for the service manager of a user, `systemd --user`. */
  readonly ofUser: boolean;
}

/**
 * Writes the systemd unit of a release (systemd.service(5)).
 *
 * The VM takes over the process that systemd starts, and drops privileges itself; `Type=notify` has systemd wait until every
 * application runs.
 *
 * @param executable the absolute path of enit.
 */
export function renderUnit(release: UnitFacts, executable: string): string {
  const call = (command: string): string =>
    [executable, ...release.flags, command, release.name].map(quoteWord).join(" ");
  const { stopTimeoutSeconds, environment, ofUser } = release;
  // systemd kills what is left; it has to leave enit the time to say so first.
  const stopTimeout = stopTimeoutSeconds === "infinity" ? "infinity" : String(Math.ceil(stopTimeoutSeconds) + 5);
  return [
    "[Unit]",
    `Description=Erlang release ${release.name}`,
    // The manager of a user does not know that target, nor the one below.
    ...(ofUser ? [] : ["After=network.target"]),
    "",
    "[Service]",
    "Type=notify",
    "NotifyAccess=main",
    ...Object.entries(environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    `ExecStart=${call("startfg")}`,
    `ExecReload=${call("reconfigure")}`,
    `ExecStop=${call("stop")}`,
    "TimeoutStartSec=infinity",
    `TimeoutStopSec=${stopTimeout}`,
    "Restart=on-failure",
    "RestartSec=5",
    "KillMode=mixed",
    "LimitNOFILE=65536",
    "",
    "[Install]",
    `WantedBy=${ofUser ? "default.target" : "multi-user.target"}`,
    "",
  ].join("\n");
}

/** Quotes a word of a command, where `$` means something too. */
function quoteWord(word: string): string {
  return quote(word.replaceAll("$", "$$$$"));
}

/** Quotes what stands in a unit file, where blanks divide and `%` means something. */
function quote(text: string): string {
  const escaped = text.replaceAll("%", "%%");
  return /^[A-Za-z0-9_@%$:.,/+=-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, "\\$&")}"`;
}
