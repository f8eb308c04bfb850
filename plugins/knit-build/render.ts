import type { BuildService, Ui } from "../../src/contract/index.ts";

type Built = Awaited<ReturnType<BuildService["release"]>> & { readonly milliseconds: number };
type Upgrade = NonNullable<Built["upgrade"]>;
type Change = Upgrade["applications"][number];

/** Draws what was built, and a table of what its upgrade does. */
export function renderBuild(built: Built, ui: Ui): string {
  const { release, otp, applications, buildDirectory, tarball, upgrade, milliseconds } = built;
  const fields = ui.fields([
    ["Release", `${release.name} ${release.version}`],
    ["Erlang/OTP", `${otp.version} (erts ${otp.erts})`],
    ["Applications", applications.length],
    ["Directory", buildDirectory],
    ["Tarball", tarball.file],
    ["Size", sizeOf(tarball)],
    ...(upgrade === null ? [] : upgradeFields(upgrade)),
    ["Time", `${(milliseconds / 1000).toFixed(2)} s`],
  ]);
  return upgrade === null ? fields : `${fields}\n\n${changeTable(upgrade, ui)}`;
}

function upgradeFields(upgrade: Upgrade): [string, string][] {
  const left = upgrade.leftOut.map(({ version }) => version);
  const noWayBack = upgrade.from.filter(({ down }) => down === null).map(({ version }) => version);
  return [
    ["Upgrade", upgrade.file],
    ["Size", sizeOf(upgrade)],
    ["Upgrades from", upgrade.from.map(({ version }) => version).join(", ")],
    ...(left.length === 0 ? [] : [["Left out", left.join(", ")] as [string, string]]),
    ...(noWayBack.length === 0 ? [] : [["No way back to", noWayBack.join(", ")] as [string, string]]),
  ];
}

function changeTable({ applications }: Upgrade, ui: Ui): string {
  if (applications.length === 0) return "No application changes.";
  const rows = applications.map((change) => [
    change.application,
    change.from ?? "-",
    change.to ?? "-",
    describeModules(change),
    describeInstructions(change),
    describeEffects(change),
  ]);
  return ui.table(rows, ["Application", "From", "To", "Modules", "Instructions", "Effects"]);
}

function describeModules({ modules }: Change): string {
  if (modules === null) return "-";
  const counts = [
    [modules.added.length, "added"],
    [modules.changed.length, "changed"],
    [modules.removed.length, "removed"],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** Up and down, where they differ. */
function describeInstructions({ up, down, written }: Change): string {
  // What comes or goes as a whole needs none.
  if (written === null) return "-";
  const [there, back] = [up, down].map((way) => (way === null ? "none" : String(way.instructions.length)));
  const count = there === back ? there : `${there} up, ${back} down`;
  return `${count}${written.up ? " (by hand)" : ""}`;
}

/** What the way up does, which is what the way down does in most cases. */
function describeEffects({ up }: Change): string {
  if (up === null) return "-";
  const words = (prefix: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${prefix} ${listed(names)}`];
  const starting = up.applications.some((name) => name.startsWith("+"));
  const stopping = up.applications.some((name) => name.startsWith("-"));
  const effects = [
    ...(up.emulator ? ["restarts the emulator"] : []),
    ...(starting ? ["starts"] : []),
    ...(stopping ? ["stops"] : []),
    ...words(
      "restarts",
      up.applications.filter((name) => !/^[+-]/.test(name)),
    ),
    ...words("restarts processes of", up.restarted),
    ...words("suspends", up.suspended),
  ];
  return effects.length === 0 ? "-" : effects.join("; ");
}

/** So many names fit into a line. */
const SHOWN_NAMES = 4;

function listed(names: readonly string[]): string {
  const rest = names.length - SHOWN_NAMES;
  return rest > 1 ? `${names.slice(0, SHOWN_NAMES).join(", ")} and ${rest} more` : names.join(", ");
}

function sizeOf({ size, files }: { readonly size: number; readonly files: number }): string {
  const amount = size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`;
  return `${amount}, ${files} files`;
}
