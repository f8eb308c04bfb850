import { expect, test } from "bun:test";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** What each room of `src` may import, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  error: [],
  system: ["error"],
  tar: ["error"],
  term: ["error"],
  beam: ["error", "term"],
  dist: ["error", "term"],
  otp: ["error", "term", "beam", "dist"],
  trace: ["error", "term"],
  release: ["error", "term", "beam", "dist", "otp"],
  vm: ["error", "system", "term", "beam", "dist", "otp", "release"],
  // Of knit it takes the making of appups; knit knows nothing of what runs.
  upgrade: ["error", "system", "tar", "term", "beam", "dist", "otp", "release", "vm", "knit"],
  knit: ["error", "tar", "system", "term", "beam", "dist", "otp", "release"],
  host: ["error", "term", "beam", "dist", "otp", "release", "vm", "upgrade", "knit", "trace", "contract", "system"],
  // Types of any room may be shown to a plugin, code of none.
  contract: ["error"],
  plugins: ["contract"],
  // The written table of built-in plugins, which main hands to the host.
  table: ["plugins", "host"],
  main: ["host", "table"],
};

/** Files that turn bytes and text into values and back; whoever reads and writes files and sockets stands above them. */
const CODECS = ["src/term/", "src/beam/", "src/trace/codec/", "src/trace/live/", "src/trace/pattern/"];
/** The modules of Node.js that touch no file, socket or clock. */
const PURE_MODULES = new Set(["node:buffer", "node:crypto", "node:path", "node:zlib"]);

interface Import {
  readonly file: string;
  /** As it is written. */
  readonly specifier: string;
  /** The imported file from the root of the repository, or `undefined` for a package. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

const imports = await collectImports();

test("every room of src is known to this test", () => {
  const rooms = new Set(imports.map(({ file }) => roomOf(file)));
  expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test("rooms import in one direction", () => {
  const wrong = crossings().filter(
    ({ from, to, each }) => MAY_IMPORT[from]?.includes(to) !== true && !(from === "contract" && each.typeOnly),
  );
  expect(wrong.map(({ each }) => describe(each))).toEqual([]);
});

test("rooms are entered by their index", () => {
  const wrong = crossings().filter(
    ({ from, to, each }) => from !== "table" && to !== "table" && each.target !== `src/${to}/index.ts`,
  );
  expect(wrong.map(({ each }) => describe(each))).toEqual([]);
});

test("nothing but tests imports tests, and nothing imports the build", () => {
  const wrong = imports.filter(({ target }) => /^(test|build)\//.test(target ?? ""));
  expect(wrong.map(describe)).toEqual([]);
});

test("codecs touch no file, socket or clock", () => {
  const wrong = imports.filter(
    ({ file, specifier, target, typeOnly }) =>
      CODECS.some((room) => file.startsWith(room)) && target === undefined && !typeOnly && !PURE_MODULES.has(specifier),
  );
  expect(wrong.map(describe)).toEqual([]);
});

/** The imports that lead from one room to another. */
function crossings(): { from: string; to: string; each: Import }[] {
  return imports
    .filter(({ target }) => /^(src|plugins)\//.test(target ?? ""))
    .map((each) => ({ from: roomOf(each.file), to: roomOf(each.target ?? ""), each }))
    .filter(({ from, to }) => from !== to);
}

/** `src/term/etf/decode.ts` is in the room `term`, all plugins in one. */
function roomOf(file: string): string {
  if (file === "src/main.ts") return "main";
  if (file === "plugins/index.ts") return "table";
  const [top, room] = file.split("/");
  return top === "src" ? (room ?? "") : (top ?? "");
}

function describe({ file, specifier, target }: Import): string {
  return `${file} -> ${target ?? specifier}`;
}

async function collectImports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for (const file of new Bun.Glob("{src,plugins}/**/*.ts").scanSync({ cwd: ROOT })) {
    const source = await Bun.file(join(ROOT, file)).text();
    const values = scan(source);
    for (const specifier of scan(withTypesAsValues(source))) {
      const target = resolve(specifier, dirname(join(ROOT, file)));
      found.push({ file, specifier, target, typeOnly: !values.has(specifier) });
    }
  }
  return found;
}

function scan(source: string): ReadonlySet<string> {
  const transpiler = new Bun.Transpiler({ loader: "ts", trimUnusedImports: false });
  return new Set(transpiler.scanImports(source).map(({ path }) => path));
}

/** The transpiler leaves out what is imported as types only; here it counts as well. */
function withTypesAsValues(source: string): string {
  return source
    .replaceAll(/^(import|export) type (?=[{*])/gm, "$1 ")
    .replaceAll(/^(?:import|export) \{[^}]*\}/gm, (names) => names.replaceAll(/\btype (?=\w)/g, ""));
}

function resolve(specifier: string, directory: string): string | undefined {
  if (specifier === "enit/plugin") return "src/contract/index.ts";
  return specifier.startsWith(".") ? relative(ROOT, Bun.resolveSync(specifier, directory)) : undefined;
}
