import { type Term, atom, encodeTerm, list, printTerm, string, tuple } from "../../term/index.ts";
import { bootScript } from "./boot-script.ts";
import type { RelConfig } from "./config.ts";
import { type ReleaseApp, releaseApps } from "./release-apps.ts";
import type { WriteFile } from "./spec.ts";
import type { App, System } from "./system.ts";

/** The files of a release: `NAME.rel`, `NAME.script`, `NAME.boot`. Throws what `releaseApps` throws. */
export function releaseFiles(rel: RelConfig, erts: App, system: System): [WriteFile, WriteFile, WriteFile] {
  const members = releaseApps(rel, system);
  const script = bootScript(rel, members, erts, system);
  const file = (ending: string, content: Uint8Array): WriteFile => ({
    kind: "write_file",
    name: `${rel.name}.${ending}`,
    content,
  });
  return [
    file("rel", termFile(relTerm(rel, members, erts), system)),
    file("script", termFile(script, system)),
    file("boot", encodeTerm(script, { latin1Atoms: system.release < FIRST_WITH_UTF8_ATOMS })),
  ];
}

/** From this release on, `term_to_binary/1` writes all atoms as UTF-8. */
const FIRST_WITH_UTF8_ATOMS = 26;

/** The content of a file of one term, as reltool writes it. */
export function termFile(term: Term, { release }: System): Uint8Array {
  return new TextEncoder().encode(`%% coding: utf-8\n${printTerm(term, { format: "tp", otp: release })}.\n\n`);
}

function relTerm(rel: RelConfig, members: readonly ReleaseApp[], erts: App): Term {
  const applications = members.map(({ app, type, info, includesNamed }) =>
    tuple(
      atom(app.name),
      string(app.vsn),
      ...(type === "permanent" ? [] : [atom(type)]),
      ...(includesNamed ? [list(info.includedApplications.map(atom))] : []),
    ),
  );
  const id = tuple(string(rel.name), string(rel.vsn));
  return tuple(atom("release"), id, tuple(atom("erts"), string(erts.vsn)), list(applications));
}
