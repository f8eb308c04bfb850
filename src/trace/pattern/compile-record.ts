import { nearestName } from "../../error/index.ts";
import type { CallPattern, Expression, RecordParts } from "./ast.ts";
import { type Scope, errorAt } from "./names.ts";

/** A record that a pattern names. */
export interface RecordName {
  readonly module: string;
  readonly record: string;
  /** Where the pattern names it first. */
  readonly offset: number;
}

/** The records that a pattern names, whose fields have to be known before it can be compiled. */
export function recordsOf(pattern: CallPattern): readonly RecordName[] {
  const found = new Map<string, RecordName>();
  const visit = (expression: Expression): void => {
    if (expression.kind === "record") {
      const { name: record, offset, module = pattern.module.name } = expression;
      const key = `${module}#${record}`;
      if (module !== undefined && !found.has(key)) found.set(key, { module, record, offset });
    }
    for (const part of partsOf(expression)) visit(part);
  };
  if (pattern.args.kind === "list") pattern.args.args.forEach(visit);
  pattern.guards.flat().forEach(visit);
  return [...found.values()];
}

/** What a record's tuple has behind its name: the value of each field that is given, by its index. */
export function layOutRecord(
  scope: Scope,
  record: RecordParts & { readonly offset: number },
): { readonly size: number; readonly values: ReadonlyMap<number, Expression> } {
  const module = record.module ?? scope.module;
  if (module === undefined) {
    const hint = `Name the module: MODULE#${record.name}`;
    throw errorAt(scope, record.offset, `of which module the record ${record.name} is cannot be known`, hint);
  }
  const fields = scope.node.fieldsOf(module, record.name);
  if (fields === undefined) throw errorAt(scope, record.offset, `the module ${module} has no record ${record.name}`);
  const values = new Map<number, Expression>();
  for (const { name, value, offset } of record.fields) {
    const index = fields.indexOf(name);
    if (index < 0) {
      const nearest = nearestName(name, fields);
      const hint = nearest === undefined ? `It has ${fields.join(", ")}.` : `Did you mean ${nearest}?`;
      throw errorAt(scope, offset, `the record ${module}#${record.name} has no field ${name}`, hint);
    }
    if (values.has(index)) throw errorAt(scope, offset, `the field ${name} stands twice`);
    values.set(index, value);
  }
  return { size: fields.length + 1, values };
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "identifier":
    case "variable":
      return [];
    case "tuple":
      return expression.elements;
    case "list":
      return expression.tail === undefined ? expression.elements : [...expression.elements, expression.tail];
    case "map":
      return expression.entries.flat();
    case "record":
      return expression.fields.map(({ value }) => value);
    case "append":
      return [expression.left, expression.right];
    case "call":
      return expression.args;
  }
}
