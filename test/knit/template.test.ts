import { describe, expect, test } from "bun:test";
import { EnitError } from "../../src/error/index.ts";
import { renderTemplate } from "../../src/knit/overlay/template.ts";
import { resolveVariables } from "../../src/knit/overlay/variables.ts";
import type { View } from "../../src/knit/overlay/view.ts";
import { parseTerms } from "../../src/term/index.ts";

const BASE = { rel_vsn: "1", build_dir: "/b" };

function variables(text: string): View {
  const { terms, positionOf } = parseTerms(text, { file: "vars.config" });
  return resolveVariables(BASE, [{ file: "vars.config", terms, positionOf }]);
}

function error(work: () => unknown): EnitError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof EnitError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

describe("renderTemplate()", () => {
  const view = variables(`
    {name, "a<b>&\\"c\\""}. {binary, <<"λ"/utf8>>}. {word, atom}. {"text", 1}. {float, 1.5}. {term, {a, [1]}}.
    {yes, true}. {no, false}. {empty, ""}. {zero, 0}.
    {nested, [{inner, "i"}, {name, "n"}]}. {many, [[{x, "1"}], [{x, "2"}]]}. {tagged, {list, [[{x, "3"}]]}}.
    {toString, "own"}.
  `);

  test.each([
    ["{{name}} {{{name}}} {{&name}}", 'a<b>&"c" a<b>&"c" a<b>&"c"'],
    ["{{binary}}{{word}}{{text}}{{float}}{{term}}", "λatom11.5{a,[1]}"],
    ["{{rel_vsn}}{{build_dir}}{{toString}}", "1/bown"],
    ["{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}N{{/no}}{{^unset}}u{{/unset}}{{#zero}}0{{/zero}}", "yNu0"],
    ["{{#empty}}e{{/empty}}{{^empty}}E{{/empty}}", "E"],
    ["{{nested.inner}}{{#nested}}{{inner}}{{name}}{{word}}{{/nested}}", "iinatom"],
    ["{{#many}}{{x}},{{/many}}{{#tagged}}{{x}}{{/tagged}}", "1,2,3"],
    ["a\n{{#yes}}\nb\n{{/yes}}\nc\r\n{{! no }}\r\nd", "a\nb\nc\r\nd"],
    ["{{=<% %>=}}{{127,0,0,1}, <% text %>}", "{{127,0,0,1}, 1}"],
  ])("renders %j", (template, expected) => {
    expect(renderTemplate(template, view, {})).toBe(expected);
  });

  test.each([
    ["a\n  {{gone}}", "gone", 2, 3],
    ["{{#gone}}{{/gone}}", "gone", 1, 1],
    ["{{nested.gone}}", "nested.gone", 1, 1],
    ["{{constructor}}", "constructor", 1, 1],
  ])("refuses the unset variable of %j with its place", (template, variable, line, column) => {
    expect(error(() => renderTemplate(template, view, { file: "t.conf" }))).toMatchObject({
      code: "variable_unset",
      message: `cannot render "t.conf:${line}:${column}": the variable ${variable} is not set`,
      data: { variable, file: "t.conf", line, column },
    });
  });

  test.each([
    ["x {{name", "unclosed tag"],
    ["{{#name}}", 'unclosed section "name"'],
    ["{{/name}}", 'unopened section "name"'],
    ["{{> part}}", "{{> part}} is not supported"],
    ["{{{127,0,0,1}, 80}", "unclosed tag"],
  ])("refuses %j", (template, state) => {
    expect(error(() => renderTemplate(template, view, { file: "t" }))).toMatchObject({
      code: "template_syntax",
      message: expect.stringContaining(state) as string,
    });
  });
});

describe("resolveVariables()", () => {
  test("renders variables inside variables, in any order, at any depth", () => {
    const view = variables(
      '{a, "<{{b}}>"}. {b, "{{c}}{{c}}"}. {c, "{{rel_vsn}}"}. {d, [{e, "{{a}}"}]}. {f, "{{d.e}}"}.',
    );
    expect(renderTemplate("{{a}} {{d.e}} {{f}}", view, {})).toBe("<11> <11> <11>");
  });

  test("takes the last of several, files before base variables", () => {
    expect(renderTemplate("{{a}}{{rel_vsn}}", variables('{a, "1"}. {a, "2"}. {rel_vsn, "mine"}.'), {})).toBe("2mine");
  });

  test("refuses circles, unset variables and what is no pair, with their places", () => {
    expect(error(() => variables('{a, "{{b}}"}.\n{b, "{{a}}"}.'))).toMatchObject({
      code: "variable_circle",
      message: expect.stringContaining("a -> b -> a") as string,
      data: { line: 1, column: 1 },
    });
    expect(error(() => variables('{x, 1}.\n  {a, "{{b}}"}.'))).toMatchObject({
      code: "variable_unset",
      message: "cannot render the variable a (vars.config:2:3): the variable b is not set",
      data: { file: "vars.config", line: 2, column: 3 },
    });
    expect(error(() => variables("{a, b, c}."))).toMatchObject({
      code: "variable_invalid",
      data: { line: 1, column: 1 },
    });
    expect(error(() => variables('{"", 1}.'))).toMatchObject({ code: "variable_invalid" });
  });
});
