import { expect, test } from "bun:test";
import { type CommentStyle, type Environment, substituteVariables } from "../../../src/release/packaged/variables.ts";
import { failure } from "../../support/failure.ts";

const VALUES: Environment = { HOST: "a.b", EMPTY: "", GREEK: "λ", DOLLAR: "${HOST}" };

function substitute(text: string, style: CommentStyle = "%", keepUnset = false): string {
  return Buffer.from(substituteVariables(Buffer.from(text), "/f.src", style, { values: VALUES, keepUnset })).toString();
}

test("a variable stands for its value, wherever it is written", () => {
  expect(substitute('[{a, "${HOST}:${HOST}", ${HOST}}].')).toBe('[{a, "a.b:a.b", a.b}].');
  expect(substitute("'${GREEK}' ü${EMPTY}ü")).toBe("'λ' üü");
});

test("a default counts for a variable that is not set or empty", () => {
  expect(substitute('${NOT_SET:-1} ${EMPTY:-2} ${HOST:-3} "${NOT_SET:-}"')).toBe('1 2 a.b ""');
});

test("values and defaults are not looked through again", () => {
  expect(substitute("${DOLLAR} ${NOT_SET:-$HOST}")).toBe("${HOST} $HOST");
});

test("what is no variable stays as it is", () => {
  for (const text of ["$HOST", "${}", "${1}", "${A B}", "$ {HOST}", "${HOST", "{${, $a}", "$${"]) {
    expect(substitute(text)).toBe(text);
  }
});

test("variables in comments are left alone, and signs of comments in quotes begin none", () => {
  expect(substitute("% ${NOT_SET}\n1. % 'a \" ${NOT_SET}")).toBe("% ${NOT_SET}\n1. % 'a \" ${NOT_SET}");
  expect(substitute('"%${HOST}" \'%\\\'${HOST}\' $% ${HOST} $" "${HOST}"')).toBe('"%a.b" \'%\\\'a.b\' $% a.b $" "a.b"');
  expect(substitute('"\\"%${HOST}" $\\" "%${HOST}"')).toBe('"\\"%a.b" $\\" "%a.b"');
  expect(substitute("-a # ${NOT_SET}\n-b '# ${HOST}' \\# ${HOST} \\' # ${NOT_SET}", "#")).toBe(
    "-a # ${NOT_SET}\n-b '# a.b' \\# a.b \\' # ${NOT_SET}",
  );
  expect(substitute('"\\" # ${NOT_SET}', "#")).toBe('"\\" # ${NOT_SET}');
});

test("bytes of other encodings stay as they are", () => {
  const latin1 = Buffer.from("%% coding: latin-1\n\xe9${EMPTY}\xff", "latin1");
  expect(Buffer.from(substituteVariables(latin1, "/f.src", "%", { values: VALUES })).toString("latin1")).toBe(
    "%% coding: latin-1\n\xe9\xff",
  );
});

test("for who only looks, a variable that is not set stays, as an atom where it is not in quotes", () => {
  expect(substitute('{a, ${NOT_SET}, "${NOT_SET}", ${NOT_SET:-1}}', "%", true)).toBe(
    "{a, '${NOT_SET}', \"${NOT_SET}\", 1}",
  );
});

test("a variable that is not set and has no default is an error with its place", async () => {
  const error = await failure(Promise.try(() => substitute("[\n  {a, ${NOT_SET}}].")));
  expect(error).toMatchObject({
    code: "variable_not_set",
    kind: "input",
    message: 'cannot use "/f.src:2:7": the variable NOT_SET is not set',
    data: { variable: "NOT_SET", file: "/f.src", line: 2, column: 7 },
  });
  expect(error.hint).toContain('{env, [{"NOT_SET", VALUE}]}');
});
