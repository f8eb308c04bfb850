import { describe, expect, test } from "bun:test";
import type { Plugin } from "../../src/contract/index.ts";
import { type BuiltIn, PluginRegistry } from "../../src/host/plugins/index.ts";
import { Session } from "../../src/host/session.ts";
import { failure } from "../support/failure.ts";
import { contextBase } from "./test-context.ts";

const NODE = { release: { name: "relex", version: "1.0" }, node: "relex@host", pid: undefined };
const COMMANDS: Plugin["commands"] = { go: { description: "", run: () => 1 } };

interface TestSession {
  readonly session: Session;
  readonly lines: readonly string[];
  /** Prepares the command `go` of a plugin. */
  readonly prepare: (plugin: string) => ReturnType<Session["prepare"]>;
}

/** A session over plugins, each of which has a table in `enit.toml` that names it. */
async function sessionOf(...plugins: readonly Plugin[]): Promise<TestSession> {
  const builtIns: BuiltIn[] = plugins.map((plugin) => ({
    name: plugin.name,
    provides: { commands: Object.keys(plugin.commands ?? {}), hooks: Object.keys(plugin.hooks ?? {}) },
    load: () => Promise.resolve({ default: plugin }),
  }));
  const registry = await PluginRegistry.open({ builtIns, directories: [], trust: false, warn: () => {} });
  const base = contextBase();
  const session = new Session(registry, base, (name) => ({ table: name }));
  return {
    session,
    lines: base.lines,
    prepare: (name) => {
      const entry = registry.entries.find((each) => each.name === name);
      if (entry === undefined) throw new Error(`no plugin ${name}`);
      return session.prepare(entry, "go");
    },
  };
}

/** A plugin that writes down its set-up and clean-up. */
function recorder(name: string, calls: string[], more: Partial<Plugin> = {}): Plugin {
  return {
    name,
    api: 1,
    setup: () => {
      calls.push(`+${name}`);
      return () => void calls.push(`-${name}`);
    },
    ...more,
  };
}

describe("Session", () => {
  test("sets up in the order of loading what a command needs, and cleans up in reverse", async () => {
    const calls: string[] = [];
    const watch = { hooks: { "command:before": () => {} } };
    const { session, prepare } = await sessionOf(
      recorder("first", calls, watch),
      recorder("owner", calls, { commands: COMMANDS }),
      recorder("idle", calls, { hooks: { "vm:started": () => {} } }),
      recorder("last", calls, watch),
    );
    await prepare("owner");
    expect(calls).toEqual(["+first", "+owner", "+last"]);
    expect(await session.cleanUp()).toEqual([]);
    expect(calls.slice(3)).toEqual(["-last", "-owner", "-first"]);
    await session.cleanUp();
    expect(calls).toHaveLength(6);
  });

  test("sets up a plugin when its hook is called for the first time, once", async () => {
    const calls: string[] = [];
    const { session } = await sessionOf(
      recorder("late", calls, { hooks: { "vm:started": () => void calls.push("hook") } }),
    );
    await session.hooks.series("vm:started", NODE);
    await session.hooks.series("vm:started", NODE);
    expect(calls).toEqual(["+late", "hook", "hook"]);
  });

  test("gives each plugin a context of its own over the same services", async () => {
    const contexts: unknown[] = [];
    const plugin = (name: string): Plugin => ({
      name,
      api: 1,
      hooks: { "vm:started": (context) => void contexts.push(context.config) },
    });
    const { session } = await sessionOf(plugin("a"), plugin("b"));
    await session.hooks.series("vm:started", NODE);
    expect(contexts).toEqual([{ table: "a" }, { table: "b" }]);
  });

  test("runs every clean-up and collects what failed", async () => {
    const calls: string[] = [];
    const broken: Plugin = {
      name: "broken",
      api: 1,
      hooks: { "command:after": () => {} },
      setup: () => () => Promise.reject(new Error("stuck")),
    };
    const { session, prepare } = await sessionOf(recorder("owner", calls, { commands: COMMANDS }), broken);
    await prepare("owner");
    const errors = await session.cleanUp();
    expect(errors.map(({ message }) => message)).toEqual(['cannot clean up the plugin "broken": stuck']);
    expect(calls).toEqual(["+owner", "-owner"]);
  });

  test("reports a plugin whose set-up fails and goes on without it, but not with its hooks", async () => {
    const calls: string[] = [];
    const broken: Plugin = {
      name: "broken",
      api: 1,
      hooks: { "command:before": () => void calls.push("called"), "vm:started": () => void calls.push("called") },
      setup: () => {
        throw new Error("no door");
      },
    };
    const { session, prepare, lines } = await sessionOf(broken, recorder("owner", calls, { commands: COMMANDS }));
    expect((await prepare("owner")).plugin).toEqual({ name: "owner", isBuiltIn: true });
    expect(lines).toEqual(['warn: cannot set up the plugin "broken": no door']);
    const error = await failure(session.hooks.series("vm:started", NODE));
    expect(error).toMatchObject({ code: "plugin_failed", message: 'cannot set up the plugin "broken": no door' });
    expect(calls).toEqual(["+owner"]);
  });

  test("fails where the command's own plugin cannot be set up", async () => {
    const { prepare } = await sessionOf({
      name: "owner",
      api: 1,
      commands: COMMANDS,
      setup: () => Promise.reject(new Error("no door")),
    });
    expect((await failure(prepare("owner"))).message).toBe('cannot set up the plugin "owner": no door');
  });

  test("lets a set-up call hooks, its own ones left out", async () => {
    const calls: string[] = [];
    const { prepare } = await sessionOf(
      recorder("other", calls, { hooks: { "vm:started": () => void calls.push("other") } }),
      {
        name: "owner",
        api: 1,
        commands: COMMANDS,
        hooks: { "vm:started": () => void calls.push("own") },
        setup: (context) => context.hooks.series("vm:started", NODE),
      },
    );
    await prepare("owner");
    expect(calls).toEqual(["+other", "other"]);
  });
});
