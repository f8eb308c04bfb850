import {
  type HostSettings,
  type Release,
  type SettingFlags,
  loadRelease,
  loadSettings,
} from "../../src/release/index.ts";
import { tempDir } from "../support/temp-dir.ts";

/** A root directory with releases in it, removed at the end. */
export interface TestHost extends Disposable {
  readonly settings: HostSettings;
  /** The path of a file: `lib/...` of the definition directory, `etc/...` of the host directory. */
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string | Uint8Array) => string;
  /** The settings with these flags besides the root. */
  readonly settingsWith: (flags: SettingFlags) => Promise<HostSettings>;
  /** Loads the release `relex`. */
  readonly load: () => Promise<Release>;
}

/** The definition of `relex` where a test is about something else. */
export const RELEX = '{release, relex, [{vsn, "1.0"}, {applications, [sasl]}]}.\n';
export const COOKIE = '{node, [{cookie, "monster"}]}.\n';

/** Makes a host with files; names begin with `lib/` or `etc/`. */
export async function testHost(files: Readonly<Record<string, string>>, flags: SettingFlags = {}): Promise<TestHost> {
  const dir = tempDir();
  const place = (name: string): string =>
    name.startsWith("lib/") ? `var/lib/enit${name.slice(3)}` : `etc/enit${name.slice(3)}`;
  const write = (name: string, content: string | Uint8Array): string => dir.write(place(name), content);
  for (const [name, content] of Object.entries(files)) write(name, content);
  const settingsWith = (more: SettingFlags): Promise<HostSettings> =>
    loadSettings({ flags: { root: dir.path, ...more }, env: {}, cwd: "/" });
  const settings = await settingsWith(flags);
  return {
    settings,
    settingsWith,
    path: (name) => dir.join(place(name)),
    write,
    load: () => loadRelease("relex", settings),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** Does something without the privileges of root: as nobody, if they are there at all. */
export async function withoutPrivileges<T>(operation: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return operation();
  process.seteuid?.(NOBODY);
  try {
    return await operation();
  } finally {
    process.seteuid?.(0);
  }
}

const NOBODY = 65_534;
