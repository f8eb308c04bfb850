/** Parses the arguments and guards of a pattern, which have one grammar: that of Erlang's guards, with `++` as well. */
import { type Term, atom, float, integer } from "../../term/index.ts";
import type { Expression, RecordField } from "./ast.ts";
import { type Cursor, isPunctuation } from "./cursor.ts";
import type { Token } from "./token.ts";

interface Operator {
  readonly power: number;
  readonly associativity: "left" | "right" | "none";
}

/** As in Erlang ("Operator Precedence" in the reference manual); more power binds tighter. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...operators(1, "right", ["orelse"]),
  ...operators(2, "right", ["andalso"]),
  ...operators(3, "none", ["==", "/=", "=<", "<", ">=", ">", "=:=", "=/="]),
  ...operators(4, "right", ["++"]),
  ...operators(5, "left", ["+", "-", "bor", "bxor", "bsl", "bsr", "or", "xor"]),
  ...operators(6, "left", ["*", "/", "div", "rem", "band", "and"]),
]);
const UNARY = new Set(["+", "-", "not", "bnot"]);
/** How deep parentheses, lists, tuples and maps may be nested. */
const MAX_DEPTH = 200;

function operators(power: number, associativity: Operator["associativity"], names: readonly string[]) {
  return names.map((name): [string, Operator] => [name, { power, associativity }]);
}

/** Parses `a, b; c`: alternatives of guards that must all hold. */
export function parseGuards(cursor: Cursor): readonly (readonly Expression[])[] {
  return parseAlternatives(cursor, 0);
}

/** Parses one expression; `what` is what errors say is expected. */
export function parseExpression(cursor: Cursor, what: string): Expression {
  return parseOperators(cursor, what, 0, 0);
}

function parseAlternatives(cursor: Cursor, depth: number): Expression[][] {
  const alternatives: Expression[][] = [];
  do {
    const guards: Expression[] = [];
    do guards.push(parseOperators(cursor, "a guard", 0, depth));
    while (cursor.take(","));
    alternatives.push(guards);
  } while (cursor.take(";"));
  return alternatives;
}

/** Precedence climbing: takes operators that have at least `power`. */
function parseOperators(cursor: Cursor, what: string, power: number, depth: number): Expression {
  let left = parseUnary(cursor, what, depth);
  let last: Operator | undefined;
  for (;;) {
    const name = operatorOf(cursor.token);
    const operator = name === undefined ? undefined : OPERATORS.get(name);
    if (name === undefined || operator === undefined || operator.power < power) return left;
    if (last?.associativity === "none" && last.power === operator.power) {
      throw cursor.error(cursor.token.offset, "comparisons cannot stand in a row", "Put one of them into parentheses.");
    }
    const { offset } = cursor.next();
    const least = operator.associativity === "right" ? operator.power : operator.power + 1;
    const right = parseOperators(cursor, `an operand of ${name}`, least, depth + 1);
    left =
      name === "++"
        ? { kind: "append", left, right, offset: left.offset }
        : { kind: "call", name, args: [left, right], offset };
    last = operator;
  }
}

function parseUnary(cursor: Cursor, what: string, depth: number): Expression {
  if (depth > MAX_DEPTH) throw cursor.error(cursor.token.offset, `it is nested deeper than ${MAX_DEPTH} levels`);
  const name = operatorOf(cursor.token);
  if (name === undefined || !UNARY.has(name)) return parsePrimary(cursor, what, depth);
  const { offset } = cursor.next();
  const operand = parseUnary(cursor, `an operand of ${name}`, depth + 1);
  const signed = name === "-" && operand.kind === "literal" ? negate(operand.term) : undefined;
  if (signed !== undefined) return { kind: "literal", term: signed, offset };
  return { kind: "call", name, args: [operand], offset };
}

function parsePrimary(cursor: Cursor, what: string, depth: number): Expression {
  const { token } = cursor;
  const { offset } = token;
  switch (token.type) {
    case "literal":
      cursor.next();
      return { kind: "literal", term: token.term, offset };
    case "identifier":
      cursor.next();
      return { kind: "identifier", identifier: token.identifier, offset };
    case "variable":
      cursor.next();
      return { kind: "variable", name: token.text, offset };
    case "atom":
      return parseWord(cursor, token, depth);
    case "punctuation":
      switch (token.text) {
        case "(":
          cursor.next();
          return parseGroup(cursor, offset, depth);
        case "{":
          cursor.next();
          return { kind: "tuple", elements: parseElements(cursor, "}", depth), offset };
        case "[":
          cursor.next();
          return parseList(cursor, offset, depth);
        case "#{":
          cursor.next();
          return { kind: "map", entries: parseEntries(cursor, depth), offset };
        case "#":
          return parseRecord(cursor, undefined, offset, depth);
        default:
      }
      throw cursor.unexpected(what);
    case "end":
      throw cursor.unexpected(what);
  }
}

/** An atom, `name(args)`, or `module#record{...}`. */
function parseWord(cursor: Cursor, token: Token & { type: "atom" }, depth: number): Expression {
  const { offset, text } = token;
  if (!token.isQuoted && (OPERATORS.has(text) || text === "when")) throw cursor.unexpected("a value");
  cursor.next();
  if (cursor.sees("#")) return parseRecord(cursor, text, offset, depth);
  if (!cursor.take("(")) return { kind: "literal", term: atom(text), offset };
  return { kind: "call", name: text, args: parseElements(cursor, ")", depth), offset };
}

/** What stands in parentheses may have commas and semicolons of its own. */
function parseGroup(cursor: Cursor, offset: number, depth: number): Expression {
  const alternatives = parseAlternatives(cursor, depth + 1);
  if (!cursor.take(")")) throw cursor.unexpected('an operator or ")"');
  const join =
    (name: string) =>
    (left: Expression, right: Expression): Expression => ({
      kind: "call",
      name,
      args: [left, right],
      offset,
    });
  return alternatives.map((guards) => guards.reduce(join("andalso"))).reduce(join("orelse"));
}

function parseElements(cursor: Cursor, end: ")" | "}" | "]", depth: number): readonly Expression[] {
  const elements: Expression[] = [];
  if (cursor.take(end)) return elements;
  do elements.push(parseOperators(cursor, "a value", 0, depth + 1));
  while (cursor.take(","));
  if (!cursor.take(end)) throw cursor.unexpected(`"," or "${end}"`);
  return elements;
}

function parseList(cursor: Cursor, offset: number, depth: number): Expression {
  const elements: Expression[] = [];
  if (cursor.take("]")) return { kind: "list", elements, tail: undefined, offset };
  do elements.push(parseOperators(cursor, "a value", 0, depth + 1));
  while (cursor.take(","));
  const tail = cursor.take("|") ? parseOperators(cursor, "a value", 0, depth + 1) : undefined;
  if (!cursor.take("]")) throw cursor.unexpected(tail === undefined ? '",", "|" or "]"' : '"]"');
  return { kind: "list", elements, tail, offset };
}

function parseEntries(cursor: Cursor, depth: number): readonly (readonly [Expression, Expression])[] {
  const entries: [Expression, Expression][] = [];
  if (cursor.take("}")) return entries;
  do {
    const key = parseOperators(cursor, "a key", 0, depth + 1);
    if (!cursor.take(":=") && !cursor.take("=>")) throw cursor.unexpected('":=" or "=>"');
    entries.push([key, parseOperators(cursor, "a value", 0, depth + 1)]);
  } while (cursor.take(","));
  if (!cursor.take("}")) throw cursor.unexpected('"," or "}"');
  return entries;
}

/** `#name` or `#name{field=Value}`. */
function parseRecord(cursor: Cursor, module: string | undefined, offset: number, depth: number): Expression {
  cursor.expect("#");
  const name = cursor.atom("the name of a record");
  const fields: RecordField[] = [];
  if (isPunctuation(cursor.token, "{")) {
    cursor.next();
    if (!cursor.take("}")) {
      do fields.push(parseField(cursor, depth));
      while (cursor.take(","));
      if (!cursor.take("}")) throw cursor.unexpected('"," or "}"');
    }
  }
  return { kind: "record", module, name, fields, offset };
}

function parseField(cursor: Cursor, depth: number): RecordField {
  const { offset } = cursor.token;
  const name = cursor.atom("the name of a field");
  cursor.expect("=");
  return { name, value: parseOperators(cursor, "a value", 0, depth + 1), offset };
}

function operatorOf(token: Token): string | undefined {
  if (token.type === "punctuation") return token.text;
  return token.type === "atom" && !token.isQuoted ? token.text : undefined;
}

function negate(term: Term): Term | undefined {
  if (term.kind === "integer") return integer(-term.value);
  return term.kind === "float" ? float(-term.value) : undefined;
}
