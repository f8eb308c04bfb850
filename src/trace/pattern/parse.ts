/**
 * Parses trace patterns: `mod`, `mod:fun`, `mod:fun/Arity`, `mod:fun(args)`, with `when guards` and `-> actions`; or `send`,
 * `receive`. The language is that of redbug; in guards, operators bind as in Erlang.
 */
import { nearestName } from "../../error/index.ts";
import { integerValue } from "../../term/index.ts";
import { ACTIONS, type Action, type Arguments, type Expression, type Name, type Pattern } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import { parseExpression, parseGuards } from "./parse-expression.ts";

const MAX_ARITY = 255;

/** Parses one pattern. Throws `bad_pattern`, whose `data` has `source`, `line` and `column`. */
export function parsePattern(text: string): Pattern {
  const cursor = new Cursor(text);
  const direction = cursor.seesWord("send") ? "send" : cursor.seesWord("receive") ? "receive" : undefined;
  if (direction !== undefined && cursor.following.type === "end") return { kind: "messages", text, direction };

  const module = parseName(cursor, "a module");
  const functionName = cursor.take(":") ? parseName(cursor, "a function") : undefined;
  const args = functionName === undefined ? ({ kind: "any" } as const) : parseArguments(cursor);
  const guards = cursor.seesWord("when") ? parseWhen(cursor) : [];
  const actions = cursor.take("->") ? parseActions(cursor) : [];
  if (cursor.token.type !== "end") throw cursor.unexpected(describeRest(functionName, args, guards, actions));
  return { kind: "calls", text, module, function: functionName, args, guards, actions };
}

function parseName(cursor: Cursor, what: string): Name {
  const { token } = cursor;
  if (token.type !== "atom" && token.type !== "variable") throw cursor.unexpected(what);
  cursor.next();
  return { name: token.type === "atom" ? token.text : undefined, offset: token.offset };
}

function parseArguments(cursor: Cursor): Arguments {
  const { offset } = cursor.token;
  if (cursor.take("/")) {
    const { token } = cursor;
    const arity = token.type === "literal" ? integerValue(token.term) : undefined;
    if (arity === undefined || arity > MAX_ARITY) throw cursor.unexpected(`an arity from 0 to ${MAX_ARITY}`);
    cursor.next();
    return { kind: "arity", arity, offset: token.offset };
  }
  if (!cursor.take("(")) return { kind: "any" };
  const args: Expression[] = [];
  if (!cursor.sees(")")) {
    do args.push(parseExpression(cursor, "an argument"));
    while (cursor.take(","));
  }
  if (!cursor.take(")")) throw cursor.unexpected('"," or ")"');
  return { kind: "list", args, offset };
}

function parseWhen(cursor: Cursor): readonly (readonly Expression[])[] {
  cursor.next();
  return parseGuards(cursor);
}

function parseActions(cursor: Cursor): readonly Action[] {
  const actions: Action[] = [];
  do {
    const { offset } = cursor.token;
    const word = cursor.atom("an action");
    const name = ACTIONS.find((each) => each === word);
    if (name === undefined) throw unknownAction(cursor, word, offset);
    actions.push({ name, offset });
  } while (cursor.take(",") || cursor.take(";"));
  return actions;
}

function unknownAction(cursor: Cursor, word: string, offset: number) {
  const nearest = nearestName(word, ACTIONS);
  const hint = nearest === undefined ? `There are ${ACTIONS.join(", ")}.` : `Did you mean ${nearest}?`;
  return cursor.error(offset, `there is no action ${word}`, hint);
}

/** What may stand behind what was parsed. */
function describeRest(
  functionName: Name | undefined,
  args: Arguments,
  guards: readonly unknown[],
  actions: readonly unknown[],
): string {
  if (actions.length > 0) return 'the end, or "," and another action';
  if (guards.length > 0) return 'an operator, ",", ";" or "->"';
  if (functionName === undefined) return '":", "when" or "->"';
  return args.kind === "any" ? '"/", "(", "when" or "->"' : '"when" or "->"';
}
