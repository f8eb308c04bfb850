import mustache from "mustache";
import { EnitError, type SourcePosition } from "../../error/index.ts";
import type { View } from "./view.ts";

/** Where a template comes from, for messages. */
export interface TemplatePlace {
  readonly file?: string | undefined;
  /** What it is, where it is not a file: `the path "etc/{{name}}"`. */
  readonly what?: string | undefined;
  /** Where in the file it begins. */
  readonly position?: SourcePosition | undefined;
}

/** A variable that a template reads: its name, and where in the template its tag begins. */
export type OnUnset = (name: string, offset: number) => never;

/**
 * Renders a Mustache template (https://mustache.github.io/mustache.5.html) without HTML escaping: `{{name}}` is `{{{name}}}`.
 *
 * Differs from Mustache in that a name must be set, `{{^name}}` aside; partials are refused.
 *
 * @throws EnitError `variable_unset`, `template_syntax`, with the place.
 */
export function renderTemplate(template: string, view: View, place: TemplatePlace): string {
  return renderWith(new Variables(view), template, place, (name, offset) => {
    throw templateError("variable_unset", template, offset, place, `the variable ${name} is not set`, {
      variable: name,
    });
  });
}

/** As `renderTemplate`, with other variables and another end for those that are not set. */
export function renderWith(
  variables: mustache.Context,
  template: string,
  place: TemplatePlace,
  onUnset: OnUnset,
): string {
  // Most paths and values have no tags.
  if (!template.includes("{{")) return template;
  const writer = new StrictWriter(onUnset);
  try {
    writer.parse(template);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const offset = Number(/ at (\d+)$/.exec(error.message)?.[1] ?? 0);
    const state = error.message.replace(/ at \d+$/, "").replace(/^./, (letter) => letter.toLowerCase());
    throw templateError("template_syntax", template, offset, place, state, {}, TAG_HINT);
  }
  return writer.render(template, variables, (name) => {
    throw templateError(
      "template_syntax",
      template,
      template.indexOf(name),
      place,
      `{{> ${name}}} is not supported`,
      {},
    );
  });
}

const TAG_HINT = "Where two braces are meant as such, choose other tags: {{=<% %>=}} makes them <% and %>.";

/** Variables by name. A name with dots may be that of a variable, or lead into one. */
export class Variables extends mustache.Context {
  readonly #parent: Variables | undefined;

  constructor(view: unknown, parent?: Variables) {
    super(view, parent);
    this.#parent = parent;
  }

  override push(view: unknown): Variables {
    return new Variables(view, this);
  }

  override lookup(name: string): unknown {
    if (name === ".") return this.view as unknown;
    return this.own(name) ?? this.#parent?.lookup(name);
  }

  /** The value in this context alone; `undefined` where it is not set. */
  own(name: string): unknown {
    const view: unknown = this.view;
    return memberOf(view, name) ?? name.split(".").reduce<unknown>(memberOf, view);
  }
}

function memberOf(view: unknown, name: string): unknown {
  return typeof view === "object" && view !== null && Object.hasOwn(view, name)
    ? (view as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Writes values as they are, and none that is not set. */
class StrictWriter extends mustache.Writer {
  readonly #onUnset: OnUnset;
  /** Not kept: each template is rendered once. */
  templateCache: undefined;

  constructor(onUnset: OnUnset) {
    super();
    this.#onUnset = onUnset;
  }

  override escapedValue(token: string[], context: mustache.Context): string {
    return this.unescapedValue(token, context);
  }

  override unescapedValue(token: string[], context: mustache.Context): string {
    return String(this.#value(token, context));
  }

  override renderSection(...args: Parameters<mustache.Writer["renderSection"]>): string {
    this.#value(args[0], args[1]);
    return super.renderSection(...args);
  }

  #value(token: string[], context: mustache.Context): unknown {
    const [, name = "", offset] = token;
    const value: unknown = context.lookup(name);
    return value === undefined ? this.#onUnset(name, Number(offset)) : value;
  }
}

/** An error at an offset of a template. */
export function templateError(
  code: string,
  template: string,
  offset: number,
  place: TemplatePlace,
  state: string,
  data: Readonly<Record<string, unknown>>,
  hint?: string,
): EnitError {
  const inFile = positionIn(template, offset);
  const position = place.file === undefined ? place.position : { file: place.file, ...inFile };
  const file = position?.file ?? place.file;
  const where = file === undefined ? "" : position === undefined ? file : `${file}:${position.line}:${position.column}`;
  const thing = place.what === undefined ? `"${where}"` : `${place.what}${where === "" ? "" : ` (${where})`}`;
  return new EnitError(code, `cannot render ${thing}: ${state}`, {
    kind: "input",
    hint,
    data: { ...data, ...position },
  });
}

function positionIn(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}
