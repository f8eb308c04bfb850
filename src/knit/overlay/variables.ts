import { EnitError, type SourcePosition } from "../../error/index.ts";
import type { TermFile } from "../../otp/index.ts";
import { type Term, isTuple, printTerm } from "../../term/index.ts";
import { type TemplatePlace, Variables, renderWith, templateError } from "./template.ts";
import { type View, type ViewValue, pairOfTuple, toViewValue } from "./view.ts";

/** A variable as it was given: its text may have tags. */
interface GivenVariable {
  readonly value: ViewValue;
  /** Where its file sets it; base variables have no place. */
  readonly place: TemplatePlace;
}

/**
 * Joins the base variables and those of files, a later one's before an earlier one's, and renders what stands in their values:
 * variables may use each other, in any order.
 *
 * @throws EnitError `variable_invalid` for a term that is not `{Name, Value}`, `variable_unset`, `variable_circle`,
 * `template_syntax`.
 */
export function resolveVariables(base: Readonly<Record<string, string>>, files: readonly TermFile[]): View {
  const given = new Map<string, GivenVariable>();
  for (const [name, value] of Object.entries(base)) given.set(name, { value, place: { what: `the variable ${name}` } });
  for (const file of files) {
    for (const term of file.terms) {
      const [name, value] = pairOf(term, file);
      const position = file.positionOf(term);
      given.set(name, {
        value: toViewValue(value),
        place: { what: `the variable ${name}`, position: position ?? { file: file.file, line: 1, column: 1 } },
      });
    }
  }
  return new Resolution(given).resolveAll();
}

function pairOf(term: Term, file: TermFile): readonly [string, Term] {
  const pair = isTuple(term, 2) ? pairOfTuple(term) : undefined;
  if (pair !== undefined) return pair;
  const position: SourcePosition | undefined = file.positionOf(term);
  const place = position === undefined ? file.file : `${file.file}:${position.line}:${position.column}`;
  throw new EnitError(
    "variable_invalid",
    `cannot use "${place}": ${printTerm(term, { format: "tw" })} is not {Name, Value}`,
    {
      kind: "input",
      data: { file: file.file, ...position },
    },
  );
}

class Resolution {
  readonly #given: ReadonlyMap<string, GivenVariable>;
  readonly #resolved = new Map<string, ViewValue>();
  /** The variables whose values are being rendered, the outermost first. */
  readonly #open: string[] = [];

  constructor(given: ReadonlyMap<string, GivenVariable>) {
    this.#given = given;
  }

  resolveAll(): View {
    const view: Record<string, ViewValue> = Object.create(null) as Record<string, ViewValue>;
    for (const name of this.#given.keys()) view[name] = this.resolve(name) ?? "";
    return view;
  }

  /** The rendered value; `undefined` for a variable that nobody sets. */
  resolve(name: string): ViewValue | undefined {
    const given = this.#given.get(name);
    const known = this.#resolved.get(name);
    if (known !== undefined || given === undefined) return known;
    if (this.#open.includes(name)) {
      const circle = [...this.#open.slice(this.#open.indexOf(name)), name].join(" -> ");
      throw templateError(
        "variable_circle",
        "",
        0,
        given.place,
        `the variables use each other in a circle: ${circle}`,
        {
          variable: name,
        },
      );
    }
    this.#open.push(name);
    const value = this.#render(given.value, given.place);
    this.#open.pop();
    this.#resolved.set(name, value);
    return value;
  }

  #render(value: ViewValue, place: TemplatePlace): ViewValue {
    if (typeof value === "string") {
      return renderWith(new LazyVariables(this), value, place, (name, offset) => {
        throw templateError("variable_unset", value, offset, place, `the variable ${name} is not set`, {
          variable: name,
        });
      });
    }
    if (typeof value === "boolean") return value;
    if (isList(value)) return value.map((item) => this.#render(item, place));
    return Object.assign(
      Object.create(null) as Record<string, ViewValue>,
      Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#render(inner, place)])),
    );
  }
}

/** Variables that are resolved when a value asks for them. */
class LazyVariables extends Variables {
  readonly #resolution: Resolution;

  constructor(resolution: Resolution) {
    super({});
    this.#resolution = resolution;
  }

  override own(name: string): unknown {
    const whole = this.#resolution.resolve(name);
    const [first = "", ...rest] = name.split(".");
    if (whole !== undefined || rest.length === 0) return whole;
    return new Variables(this.#resolution.resolve(first)).own(rest.join("."));
  }
}

function isList(value: ViewValue): value is readonly ViewValue[] {
  return Array.isArray(value);
}
