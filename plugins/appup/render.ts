import type { AppupPreview, Ui } from "../../src/contract/index.ts";

type Appup = AppupPreview["applications"][number];

/** The text of the appups; of several, each behind a line that names its file. */
export function drawAppups({ applications }: AppupPreview): string {
  const [first, ...others] = applications;
  if (first === undefined) return "";
  if (others.length === 0) return first.text.trimEnd();
  return applications
    .map(({ application, to, text }) => `%% lib/${application}-${to}/ebin/${application}.appup\n${text}`)
    .join("\n")
    .trimEnd();
}

/** The instructions of each application in a table, with the reason of each. */
export function explainAppups({ older, newer, applications, added, removed }: AppupPreview, ui: Ui): string {
  const nothing = `no application changed between ${older.name} ${older.version} and ${newer.version}`;
  const whole = [
    ...added.map((name) => `${name} is new: it is started as a whole`),
    ...removed.map((name) => `${name} is gone: it is stopped as a whole`),
  ];
  if (applications.length + whole.length === 0) return nothing;
  return [...applications.map((appup) => explain(appup, ui)), ...whole].join("\n\n");
}

function explain({ application, from, to, up, down }: Appup, ui: Ui): string {
  const way = (title: string, steps: Appup["up"]): string => {
    const rows = steps.map(({ instruction, reason }) => [instruction, reason]);
    return `${ui.bold(title)}\n${ui.indent(rows.length === 0 ? "nothing to do" : ui.table(rows), 2)}`;
  };
  return `${way(`${application} ${from} -> ${to}`, up)}\n${way(`${application} ${to} -> ${from}`, down)}`;
}
