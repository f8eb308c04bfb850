import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { type KnitProject, knitProject } from "../../knit/project.ts";
import { containing } from "../../support/containing.ts";
import { oracle, systemOtp } from "../../support/otp.ts";

/** One overlay, and what becomes of it. */
interface Case {
  readonly name: string;
  readonly overlay: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Done before the build, for what files alone cannot say. */
  readonly prepare?: (project: KnitProject) => void;
  /** Files of the tree with their contents; `undefined` for what must not be there. */
  readonly tree?: Readonly<Record<string, string | undefined>>;
  readonly modes?: Readonly<Record<string, number>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly warning?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly exitCode?: number };
}

const VARIABLES = '{overlay_vars, "vars.config"}. {extra_overlay_vars, ["more.config"]}.';
const FILES = {
  "rel/vars.config": '{name, "relex"}. {dir, "etc/{{name}}"}. {greeting, "hi <{{who}}>"}. {who, "you"}. {yes, true}.\n',
  "rel/more.config": '{who, "world & co"}.\n',
};

const LINKS = `import { definePlugin } from "enit/plugin";
import { symlinkSync } from "node:fs";
export default definePlugin({
  name: "links", api: 1,
  overlays: { links: { args: [], run: (_, ctx) => {
    symlinkSync(ctx.sourceDirectory, ctx.buildDirectory + "/up");
    symlinkSync(ctx.sourceDirectory + "/outside", ctx.buildDirectory + "/file");
    symlinkSync("/nowhere/at/all", ctx.buildDirectory + "/gone");
  } } },
});`;

const CASES: readonly Case[] = [
  {
    name: "mkdir makes a directory and those above it, its path rendered",
    overlay: '{mkdir, "var/{{name}}/log"}, {mkdir, "var/{{name}}/log"}',
    modes: { "var/relex/log": 0o755 },
  },
  {
    name: "mkdir refuses a file in its place",
    overlay: '{create, "a", "x"}, {mkdir, "a"}',
    error: { code: "file_failed", message: "there is one already", exitCode: 3 },
  },
  {
    name: "create writes a string, a binary and nested lists, not rendered, over what is there",
    overlay:
      '{create, "{{dir}}/a", "λ {{name}}\\n"}, {create, "b", <<255, 0>>}, {create, "c", ["a", [<<"b">>, $c]]}, {create, "c", "d"}',
    tree: { "etc/relex/a": "λ {{name}}\n", b: "\ufffd\0", c: "d" },
    modes: { b: 0o644 },
  },
  {
    name: "create refuses what is no text",
    overlay: '{create, "a", {b, c}}',
    error: { code: "overlay_invalid", message: "no string" },
  },
  {
    name: "copy takes a file to its name, into a directory, and into one that is to be made",
    overlay:
      '{copy, "f/run"}, {copy, "f/run", "bin/start"}, {mkdir, "d"}, {copy, "f/run", "d"}, {copy, "f/run", "new/"}',
    files: { "rel/f/run": "#!\n" },
    prepare: (project) => chmodSync(project.join("rel/f/run"), 0o751),
    tree: { run: "#!\n", "bin/start": "#!\n", "d/run": "#!\n", "new/run": "#!\n" },
    modes: { run: 0o751, "bin/start": 0o751, "d/run": 0o751, "new/run": 0o751 },
  },
  {
    name: "copy takes a directory with its modes, into what is there and to a new name",
    overlay:
      '{mkdir, "share"}, {copy, "f/share"}, {copy, "f/share", "data"}, {copy, "f/share", "data"}, {copy, "./f/share/"}',
    files: { "rel/f/share/a": "1", "rel/f/share/deep/b": "2" },
    prepare: (project) => {
      chmodSync(project.join("rel/f/share/a"), 0o600);
      chmodSync(project.join("rel/f/share/deep"), 0o750);
    },
    tree: { "share/a": "1", "share/deep/b": "2", "data/a": "1", "data/share/deep/b": "2" },
    modes: { share: 0o755, "share/a": 0o600, "share/deep": 0o750, "data/share/a": 0o600 },
  },
  {
    name: "copy keeps links that stay inside, and copies what others lead to",
    overlay: '{copy, "f/d"}, {copy, "f/d/in", "alone"}',
    files: { "rel/f/d/file": "x", "rel/f/other": "y" },
    prepare: (project) => {
      symlinkSync("file", project.join("rel/f/d/in"));
      symlinkSync("../other", project.join("rel/f/d/out"));
      symlinkSync(project.join("rel/f/d/file"), project.join("rel/f/d/absolute"));
    },
    tree: { "d/in": "x", "d/out": "y", "d/absolute": "x", alone: "x" },
    links: { "d/in": "file" },
  },
  {
    name: "copy refuses a link that leads nowhere",
    overlay: '{copy, "f/d"}',
    files: { "rel/f/d/file": "x" },
    prepare: (project) => symlinkSync("gone", project.join("rel/f/d/link")),
    error: { code: "file_failed", message: "f/d/link", exitCode: 3 },
  },
  {
    name: "copy refuses a source that is not there",
    overlay: '{copy, "f/none"}',
    error: { code: "file_failed", message: "f/none", exitCode: 3 },
  },
  {
    name: "copy takes sources from the tree by build_dir",
    overlay: '{create, "a", "1"}, {copy, "{{build_dir}}/a", "{{build_dir}}/b"}',
    tree: { a: "1", b: "1" },
  },
  {
    name: "template renders without HTML escaping and keeps the mode",
    overlay: '{template, "t/{{name}}.conf", "{{dir}}/x.conf"}',
    files: { "rel/t/relex.conf": "{{greeting}} {{#yes}}y{{/yes}}{{^no}}n{{/no}}\n" },
    prepare: (project) => chmodSync(project.join("rel/t/relex.conf"), 0o640),
    tree: { "etc/relex/x.conf": "hi <world & co> yn\n" },
    modes: { "etc/relex/x.conf": 0o640 },
  },
  {
    name: "template knows the base variables",
    overlay: '{template, "t", "t"}',
    files: { "rel/t": "{{rel_vsn}} {{hostname}} {{target_dir}} {{build_dir}} {{erts_vsn}}" },
  },
  {
    name: "template refuses bytes that are no text, and a directory as destination",
    overlay: '{mkdir, "d"}, {template, "t", "d"}',
    files: { "rel/t": "x" },
    error: { code: "file_unwritable", message: "it is a directory", exitCode: 3 },
  },
  {
    name: "template refuses a variable that is not set, in a path too",
    overlay: '{mkdir, "{{gone}}"}',
    error: { code: "variable_unset", message: 'cannot render the path "{{gone}}"' },
  },
  {
    name: "template_wildcard renders all that match, and no dotfiles",
    overlay: '{template_wildcard, "t/*.{ini,conf}", "etc"}, {template_wildcard, "t/**/*.txt", "txt/"}',
    files: {
      "rel/t/a.ini": "{{name}}",
      "rel/t/b.conf": "2",
      "rel/t/.c.ini": "3",
      "rel/t/d.not": "4",
      "rel/t/x/y/e.txt": "5",
    },
    tree: {
      "etc/a.ini": "relex",
      "etc/b.conf": "2",
      "etc/.c.ini": undefined,
      "etc/d.not": undefined,
      "txt/e.txt": "5",
    },
  },
  {
    name: "template_wildcard takes a pattern that leads up, and warns where nothing matches",
    overlay: '{template_wildcard, "../t/[ab].x", "up"}, {template_wildcard, "none/*", "none"}',
    files: { "t/a.x": "1", "t/c.x": "3" },
    tree: { "up/a.x": "1", "up/c.x": undefined, none: undefined },
    warning: 'the wildcard "none/*" of a template_wildcard matches no file',
  },
  {
    name: "replace changes every match, renders the replacement, keeps the mode",
    overlay:
      '{copy, "f", "f"}, {replace, "f", "(k)ey", "\\\\1-{{name}}"}, {replace, "f", "^VALUE", "v", [caseless, multiline, {return, list}]}',
    files: { "rel/f": "key key\nvalue\nλ\n" },
    prepare: (project) => chmodSync(project.join("rel/f"), 0o700),
    tree: { f: "k-relex k-relex\nv\nλ\n" },
    modes: { f: 0o700 },
  },
  {
    name: "replace sees characters with unicode and bytes without",
    overlay: '{create, "a", "äö"}, {create, "b", "äö"}, {replace, "a", ".", "x", [unicode]}, {replace, "b", ".", "x"}',
    tree: { a: "xx", b: "xxxx" },
  },
  {
    name: "replace refuses an expression that JavaScript cannot say",
    overlay: '{create, "a", "x"}, {replace, "a", "(?>x)", "y"}',
    error: { code: "regexp_unsupported", message: "it has (?>", exitCode: 126 },
  },
  {
    name: "replace refuses an option without an equal",
    overlay: '{create, "a", "x"}, {replace, "a", "x", "y", [{newline, cr}]}',
    error: { code: "regexp_unsupported", message: "{newline,cr}" },
  },
  {
    name: "replace refuses a file that is not there",
    overlay: '{replace, "a", "x", "y"}',
    error: { code: "file_unreadable", message: '"a"', exitCode: 3 },
  },
  {
    name: "an unknown operation is refused with the nearest name",
    overlay: '{mkdir, "a"}, {mkdri, "b"}',
    error: { code: "overlay_unknown", message: '{mkdri,"b"}' },
  },
  {
    name: "an operation with too few arguments is refused",
    overlay: "{create, a}",
    error: { code: "overlay_invalid", message: "it takes 2 arguments" },
  },
  {
    name: "an operation with an argument of another type is refused",
    overlay: "{mkdir, 7}",
    error: { code: "overlay_invalid", message: "must be a path" },
  },
  ...["../out", "/tmp/enit-outside", "a/../../out", "{{build_dir}}/../out"].flatMap((path): Case[] =>
    [`{create, "${path}", "x"}`, `{mkdir, "${path}"}`, `{copy, "f/x", "${path}"}`, `{template, "f/x", "${path}"}`].map(
      (operation) => ({
        name: `${operation} is refused, as it leads out of the tree`,
        overlay: operation,
        files: { "rel/f/x": "x" },
        error: { code: "destination_outside", message: "it is not in the build directory" },
      }),
    ),
  ),
  // The plugin makes links in the tree, which no operation of ours does.
  ...[
    '{create, "up/x", "x"}',
    '{mkdir, "up/x"}',
    '{copy, "f/x", "up"}',
    '{copy, "f", "up/f"}',
    '{create, "file", "x"}',
    '{replace, "file", "x", "y"}',
    '{create, "gone", "x"}',
  ].map((operation): Case => ({
    name: `${operation} is refused where a link leads out of the tree`,
    overlay: `{links}, ${operation}`,
    files: { "rel/f/x": "x", "rel/plugins/links.ts": LINKS, "rel/outside": "x" },
    error: { code: "destination_outside", message: "it is not in the build directory" },
  })),
];

describe("overlays", () => {
  test.each(CASES)("$name", async (each) => {
    using project = knitProject({
      terms: `${VARIABLES}\n{overlay, [${each.overlay}]}.`,
      files: { ...FILES, ...each.files },
    });
    each.prepare?.(project);
    const run = await project.build(["--json"]);
    if (each.error !== undefined) {
      const { code, message, exitCode = 2 } = each.error;
      expect(run.exitCode).toBe(exitCode);
      expect(JSON.parse(run.stdout)).toMatchObject({
        error: { code, message: containing(message), data: { line: expect.any(Number) as number } },
      });
      expect(project.list("rel").filter((name) => name.startsWith("relex/") || name.endsWith(".gz"))).toEqual([]);
      return;
    }
    expect(run).toMatchObject({ exitCode: 0, stderr: containing(each.warning ?? "") });
    const inTree = (name: string): string => project.join("rel/relex", name);
    for (const [name, content] of Object.entries(each.tree ?? {})) {
      expect([name, project.read(`rel/relex/${name}`)]).toEqual([name, content]);
    }
    for (const [name, mode] of Object.entries(each.modes ?? {})) {
      expect([name, (statSync(inTree(name)).mode & 0o7777).toString(8)]).toEqual([name, mode.toString(8)]);
    }
    for (const [name, target] of Object.entries(each.links ?? {})) expect(readlinkSync(inTree(name))).toBe(target);
  });

  test("base variables are those of the release, with the erts and host name that Erlang has", async () => {
    using project = knitProject({
      terms: '{overlay, [{template, "t", "t"}]}.',
      files: { "rel/t": "{{rel_vsn}}|{{erts_vsn}}|{{target_dir}}|{{build_dir}}|{{hostname}}" },
    });
    expect((await project.build()).exitCode).toBe(0);
    await using vm = await oracle(systemOtp());
    const erts = (await vm.text("erlang:system_info(version)")).slice(1, -1);
    const rel = project.join("rel");
    expect(project.read("rel/relex/t")).toBe(`1|erts-${erts}|${rel}|${rel}/relex|${hostname()}`);
  });

  test("a variables file may be a script, which sees the plain one", async () => {
    using project = knitProject({
      terms: '{overlay_vars, "vars.config"}. {overlay, [{template, "t", "t"}]}.',
      files: {
        "rel/t": "{{a}}{{b}}",
        "rel/vars.config": "{a, 1}.\n",
        "rel/vars.config.script": "CONFIG ++ [{b, 1 + 1}].\n",
      },
    });
    expect((await project.build()).exitCode).toBe(0);
    expect(project.read("rel/relex/t")).toBe("12");
  });

  test("plugins beside the configuration bring operations and take part in the build", async () => {
    using project = knitProject({
      terms: '{overlay, [{shout, "etc/x", word}, {touch, "a/b"}]}.',
      files: {
        "rel/plugins/own.ts": `import { definePlugin } from "enit/plugin";
          const seen: string[] = [];
          export default definePlugin({
            name: "own", api: 1,
            overlays: {
              shout: { args: ["path", "text"], run: async ([path, text], ctx) => { await ctx.write(path, ctx.render(text.toUpperCase() + " {{rel_vsn}}")); } },
              touch: { args: ["path"], run: async ([path], ctx) => { await ctx.write(path, "", { mode: 0o600 }); } },
            },
            hooks: {
              "build:config": (ctx, terms, { file }) => { seen.push("config " + file); return [...terms, ctx.terms.parseTerm('{target_dir, "hooked"}')]; },
              "build:spec": (ctx, spec) => { seen.push("spec"); return ctx.terms.list([...(spec.kind === "list" ? spec.elements : []), ctx.terms.parseTerm('{create_dir, "extra", [{write_file, "file", <<"made by a hook">>}]}')]); },
              "build:overlaid": (ctx, { buildDirectory }) => { seen.push("overlaid " + buildDirectory); },
              "build:packaged": (ctx, { file, size, release }) => { ctx.log.info(JSON.stringify([...seen, file, size > 0, release])); },
            },
          });`,
      },
    });
    const run = await project.build();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(project.read("rel/hooked/relex/etc/x")).toBe("WORD 1");
    expect(project.read("rel/hooked/relex/extra/file")).toBe("made by a hook");
    expect(lstatSync(project.join("rel/hooked/relex/a/b")).mode & 0o777).toBe(0o600);
    const told: unknown = JSON.parse(run.stderr.split("\n").find((line) => line.startsWith("[")) ?? "");
    expect(told).toEqual([
      `config ${project.join("rel/reltool.config")}`,
      "spec",
      `overlaid ${project.join("rel/hooked/.knit_tmp/relex")}`,
      project.join("rel/hooked/releases/relex-1.tar.gz"),
      true,
      { name: "relex", version: "1" },
    ]);
    expect((await project.build(["--no-plugins", "force=true"])).stderr).toContain("there is no such operation");
    expect(existsSync(project.join("rel/relex"))).toBe(false);
  });
});
