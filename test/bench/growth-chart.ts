import { join } from "node:path";
import type { Row } from "./report.ts";

const FILE = join(import.meta.dir, "..", "..", "docs", "knit-build-growth.svg");
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 320, 60, 40];
const COLORS = ["#2563eb", "#9ca3af"];

/** Draws the times of two ways by the number of applications; `rows` has both for each size. */
export async function drawGrowth(sizes: readonly number[], rows: readonly Row[]): Promise<void> {
  const greatest = Math.max(...rows.map((row) => row.median));
  const x = (size: number): number => LEFT + (size / Math.max(...sizes)) * (WIDTH - LEFT - 150);
  const y = (ms: number): number => HEIGHT - BOTTOM - (ms / greatest) * (HEIGHT - BOTTOM - 20);
  const lines = COLORS.map((color, way) => {
    const own = rows.filter((_, index) => index % 2 === way);
    const points = own.map((row, index) => `${x(sizes[index] ?? 0).toFixed(1)},${y(row.median).toFixed(1)}`);
    const last = own.at(-1);
    const label = last?.name.split(",")[0] ?? "";
    const dots = points
      .map((point) => point.split(","))
      .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`);
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join("")}
<text x="${x(sizes.at(-1) ?? 0) + 8}" y="${y(last?.median ?? 0) + 4}" fill="${color}">${label}</text>`;
  });
  const columns = sizes.map(
    (size) => `<text x="${x(size)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${size}</text>`,
  );
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const ms = share * greatest;
    return `<text x="${LEFT - 8}" y="${y(ms) + 4}" text-anchor="end">${(ms / 1000).toFixed(1)} s</text>
<line x1="${LEFT}" x2="${WIDTH - 150}" y1="${y(ms)}" y2="${y(ms)}" stroke="#e5e7eb"/>`;
  });
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#374151">
<rect width="100%" height="100%" fill="#fff"/>
${steps.join("\n")}
${columns.join("\n")}
<text x="${(LEFT + WIDTH - 150) / 2}" y="${HEIGHT - 6}" text-anchor="middle">applications of its own</text>
${lines.join("\n")}
</svg>
`;
  await Bun.write(FILE, text);
}
