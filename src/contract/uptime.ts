/** Writes a time in its two largest units: `22sec`, `1h 3min`, `2d 5h`. */
export function formatUptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "sec"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0sec";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}
