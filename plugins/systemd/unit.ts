interface UnitFacts {
  readonly name: string;
  readonly stopTimeoutSeconds: number | "infinity";
  /** What a command needs to find the same release. */
  readonly flags: readonly string[];
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
  const call = (command: string): string => [executable, ...release.flags, command, release.name].map(quote).join(" ");
  const { stopTimeoutSeconds } = release;
  // systemd kills what is left; it has to leave enit the time to say so first.
  const stopTimeout = stopTimeoutSeconds === "infinity" ? "infinity" : String(Math.ceil(stopTimeoutSeconds) + 5);
  return [
    "[Unit]",
    `Description=Erlang release ${release.name}`,
    "After=network.target",
    "",
    "[Service]",
    "Type=notify",
    "NotifyAccess=main",
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
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

/** Quotes a word for a unit file, where blanks divide and `%` and `$` mean something. */
function quote(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[A-Za-z0-9_@%$:.,/+-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, "\\$&")}"`;
}
