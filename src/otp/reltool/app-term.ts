import { type Term, atom, list, string, tuple } from "../../term/index.ts";
import type { AppInfo } from "./system.ts";

/**
 * The term of an application resource file, `{application, Name, Keys}`, as reltool writes it into boot scripts and new
 * `.app` files (`gen_app` of `reltool_target`): these keys alone, in this order.
 */
export function appTerm(name: string, info: AppInfo): Term {
  const names = (each: readonly string[]): Term => list(each.map(atom));
  return tuple(
    atom("application"),
    atom(name),
    list([
      pair("description", info.description),
      pair("vsn", string(info.vsn)),
      pair("id", info.id),
      pair("modules", names(info.modules)),
      pair("registered", info.registered),
      pair("applications", names(info.applications)),
      pair("optional_applications", names(info.optionalApplications)),
      pair("included_applications", names(info.includedApplications)),
      pair("env", info.env),
      pair("maxT", info.maxT),
      pair("maxP", info.maxP),
      ...(info.mod === undefined ? [] : [pair("mod", info.mod)]),
      ...(info.startPhases === undefined ? [] : [pair("start_phases", info.startPhases)]),
    ]),
  );
}

function pair(key: string, value: Term): Term {
  return tuple(atom(key), value);
}
