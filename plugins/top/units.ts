const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const COUNT_UNITS = ["", "k", "M", "G", "T"] as const;

/** A size in three digits or so: `79.1 KiB`, `512 B`; a dash where it is not known. */
export function formatSize(bytes: number | null): string {
  return bytes === null ? "-" : scale(bytes, 1024, BYTE_UNITS).join(" ");
}

/** A rate in three digits or so: `1.2M`, `950`; a dash where it is not known. */
export function formatRate(perSecond: number | null): string {
  return perSecond === null ? "-" : scale(perSecond, 1000, COUNT_UNITS).join("");
}

/** `12,345` */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `0.5 s`, `2 s`, `1 min` */
export function formatInterval(milliseconds: number): string {
  return milliseconds < 60_000 ? `${milliseconds / 1000} s` : `${milliseconds / 60_000} min`;
}

function scale(value: number, step: number, units: readonly string[]): [number: string, unit: string] {
  let scaled = value;
  let unit = 0;
  // What would be rounded to a whole step is the next unit.
  while (scaled >= step - 0.5 && unit < units.length - 1) {
    scaled /= step;
    unit++;
  }
  return [unit > 0 && scaled < 99.95 ? scaled.toFixed(1) : String(Math.round(scaled)), units[unit] ?? ""];
}
