import { EnitError, nearestName } from "../../../error/index.ts";
import {
  type Term,
  atomName,
  integerValue,
  isAtom,
  isTagged,
  listElements,
  printTerm,
  textValue,
} from "../../../term/index.ts";
import { type CallPattern, type Pattern, patternError } from "../../../trace/index.ts";

/** Makes an error of why `enit_trace:run/2` refused to trace. */
export function explainRefusal(
  reason: Term | undefined,
  patterns: readonly Pattern[],
  release: string,
  node: string,
): EnitError {
  const [word, first, second, third] = reason?.kind === "tuple" ? reason.elements : [reason];
  const pattern = patterns.filter((each) => each.kind === "calls")[(integerValue(first) ?? 0) - 1];
  switch (atomName(word)) {
    case "foreign_tracer":
      return foreignTracer(first, second, release, node);
    case "no_process":
      return noProcess(first, second, node);
    case "no_matching_processes":
      return new EnitError("no_matching_processes", `cannot trace on "${node}": no process matches`, {
        data: { node },
      });
    case "no_matching_functions":
      return new EnitError("no_matching_functions", `cannot trace on "${node}": no function matches`, {
        data: { node, patterns: patterns.map(({ text }) => text) },
      });
    default:
  }
  if (pattern !== undefined) {
    switch (atomName(word)) {
      case "no_module":
        return unknownModule(pattern, second);
      case "not_loaded":
        return notLoaded(pattern, second);
      case "load_failed":
        return patternError(pattern.text, pattern.module.offset, `the module cannot be loaded: ${show(second)}`, {
          code: "module_not_loaded",
        });
      case "no_function":
        return unknownFunction(pattern, third);
      case "bad_match_spec":
        return refusedByVm(pattern, second);
      default:
    }
  }
  return new EnitError("trace_failed", `cannot trace on "${node}": it failed with ${show(reason)}`, {
    hint: `If another version of enit started the release: enit restart ${release}`,
    data: { node },
  });
}

function unknownModule({ text, module }: CallPattern, names: Term | undefined): EnitError {
  const nearest = nearestName(module.name ?? "", textsOf(names));
  return patternError(text, module.offset, `there is no module ${module.name}`, {
    code: "unknown_module",
    hint: nearest === undefined ? "It is neither loaded nor in the code path of the node." : `Did you mean ${nearest}?`,
  });
}

function notLoaded({ text, module }: CallPattern, file: Term | undefined): EnitError {
  return patternError(text, module.offset, `the module ${module.name} is not loaded`, {
    code: "module_not_loaded",
    hint: `Nothing has called it yet. It is in ${textValue(file)}; --load loads it.`,
  });
}

function unknownFunction(pattern: CallPattern, known: Term | undefined): EnitError {
  const { text, module, function: named, args } = pattern;
  const functions = (listElements(known) ?? []).map(readFunction);
  const name = named?.name;
  const arity = args.kind === "arity" ? args.arity : args.kind === "list" ? args.args.length : undefined;
  const where = module.name ?? "no module";
  const wanted = `${name ?? "function"}${arity === undefined ? "" : `/${arity}`}`;
  const state = module.name === undefined ? `no module has ${wanted}` : `the module ${where} has no ${wanted}`;
  return patternError(text, named?.offset ?? 0, state, {
    code: "unknown_function",
    hint: suggest(name, functions),
  });
}

function suggest(name: string | undefined, functions: readonly (readonly [string, number])[]): string | undefined {
  if (name === undefined) return undefined;
  const arities = functions.filter(([each]) => each === name).map(([, arity]) => `${name}/${arity}`);
  if (arities.length > 0) return `It has ${arities.toSorted().join(", ")}.`;
  const nearest = nearestName(
    name,
    functions.map(([each]) => each),
  );
  return nearest === undefined ? undefined : `Did you mean ${nearest}?`;
}

/** A guard function that only newer VMs know, for one. */
function refusedByVm({ text, guards, module }: CallPattern, texts: Term | undefined): EnitError {
  const offset = guards[0]?.[0]?.offset ?? module.offset;
  return patternError(text, offset, `the VM refuses it: ${textsOf(texts).join("; ")}`, {
    hint: "Which guard functions there are in patterns depends on the OTP release of the node.",
  });
}

function foreignTracer(who: Term | undefined, name: Term | undefined, release: string, node: string): EnitError {
  if (isTagged(name, "pattern", 2)) return foreignPattern(who, name.elements[1], release, node);
  const called = name === undefined || isAtom(name, "undefined") ? "" : ` (${show(name)})`;
  return foreign(`${show(who)}${called}`, {
    hint: isAtom(name, "enit_trace")
      ? "Another enit trace is running; before OTP 27 there can be one at a time."
      : `Before OTP 27 two tracers would disturb each other. End the other one first, by dbg:stop() in enit remsh ${release} for one.`,
    data: { node, tracer: show(who), name: show(name) },
  });
}

/** A pattern may wait for a tracer, or may have been left behind. */
function foreignPattern(who: Term | undefined, scope: Term | undefined, release: string, node: string): EnitError {
  const clear = isAtom(scope, "global") ? "[global]" : "[local,meta,call_count,call_time]";
  return foreign(`it has set a pattern for ${showFunction(who)}`, {
    hint:
      "Before OTP 27 two tracers would disturb each other. If nobody needs the pattern any more: " +
      `enit eval ${release} 'erlang:trace_pattern(${show(who)}, false, ${clear})'`,
    data: { node, tracer: null, name: null },
  });
}

function foreign(
  tracer: string,
  {
    hint,
    data,
  }: { readonly hint: string; readonly data: { readonly node: string } & Readonly<Record<string, unknown>> },
): EnitError {
  const message = `cannot trace on "${data.node}": foreign tracer at work: ${tracer}`;
  return new EnitError("foreign_tracer", message, { hint, data });
}

function noProcess(who: Term | undefined, registered: Term | undefined, node: string): EnitError {
  const name = atomName(who);
  const nearest = name === undefined ? undefined : nearestName(name, textsOf(registered));
  const state = name === undefined ? "there is no such process" : "no process is registered by this name";
  return new EnitError("no_process", `cannot trace the process "${name ?? show(who)}" on "${node}": ${state}`, {
    hint: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
    data: { node, process: show(who) },
  });
}

function readFunction(term: Term): readonly [string, number] {
  const [name, arity] = term.kind === "tuple" ? term.elements : [];
  return [atomName(name) ?? "", integerValue(arity) ?? 0];
}

function showFunction(term: Term | undefined): string {
  const [module, name, arity] = term?.kind === "tuple" ? term.elements : [];
  return `${show(module)}:${show(name)}/${show(arity)}`;
}

function textsOf(term: Term | undefined): readonly string[] {
  return (listElements(term) ?? []).map((each) => textValue(each) ?? "");
}

function show(term: Term | undefined): string {
  return term === undefined ? "?" : printTerm(term, { format: "tp", width: 0 });
}
