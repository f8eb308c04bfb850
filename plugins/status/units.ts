const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Writes a size in whole units of the largest kind that it fills: `79 KiB`. Rounds down. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Math.floor(size)} ${BYTE_UNITS[unit] ?? "B"}`;
}
