import type { InstalledLibrary, ResolvedApplication } from "../../otp/index.ts";

/** An application that is installed otherwise than it runs; without `from` it is new, without `to` it is gone. */
export type Difference =
  | { readonly name: string; readonly from: InstalledLibrary; readonly to: ResolvedApplication }
  | { readonly name: string; readonly from: undefined; readonly to: ResolvedApplication }
  | { readonly name: string; readonly from: InstalledLibrary; readonly to: undefined };

/**
 * Compares the applications that a VM runs with those that would start now, by their versions: changed and new ones in the
 * order in which they start, then those that are gone. A place alone makes no difference.
 */
export function compareApplications(
  running: readonly InstalledLibrary[],
  next: readonly ResolvedApplication[],
): Difference[] {
  const former = new Map(running.map((library) => [library.name, library]));
  const names = new Set(next.map(({ name }) => name));
  return [
    ...next.flatMap((to): Difference[] => {
      const from = former.get(to.name);
      return from?.vsn === to.vsn ? [] : [{ name: to.name, from, to }];
    }),
    ...running.flatMap((from): Difference[] =>
      names.has(from.name) ? [] : [{ name: from.name, from, to: undefined }],
    ),
  ];
}

/**
 * The version that a release comes to: that of its definition, or where that one is known already, the first of
 * `VSN+2`, `VSN+3`, ... that is not.
 */
export function nextVersion(defined: string, known: ReadonlySet<string>): string {
  if (!known.has(defined)) return defined;
  let generation = 2;
  while (known.has(`${defined}+${generation}`)) generation += 1;
  return `${defined}+${generation}`;
}
