import { nearestName } from "../error/index.ts";
import { type Release, type Warning, formatOrigin } from "../release/index.ts";

/** What is no application of a release, but may have a section: enit's own, and the one that enit adds. */
const OTHERS = new Set(["node", "enit"]);

/**
 * Warns of sections for applications that a release does not have, neither by itself nor because others need them. What a
 * packaged release ships with is left alone: it is not written by hand.
 */
export function findUnknownSections({ config, packaged }: Release, applications: readonly string[]): Warning[] {
  const known = new Set(applications);
  return config.sections.flatMap(({ application, origins }) => {
    const written = origins.findLast((origin) => "plugin" in origin || !isWithin(origin.file, packaged?.root));
    if (known.has(application) || OTHERS.has(application) || written === undefined) return [];
    const nearest = nearestName(application, applications);
    return [
      {
        code: "unknown_application",
        message: `${formatOrigin(written)}: the release has no application "${application}"`,
        hint: nearest === undefined ? "Nobody will read these values." : `Did you mean "${nearest}"?`,
        ...("plugin" in written ? {} : { position: written }),
      },
    ];
  });
}

function isWithin(file: string, directory: string | undefined): boolean {
  return directory !== undefined && file.startsWith(`${directory}/`);
}
