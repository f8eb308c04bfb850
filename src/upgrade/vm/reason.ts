import {
  atomName,
  integerValue,
  isTagged,
  isTuple,
  listElements,
  printTerm,
  propertyOf,
  stringValue,
  textValue,
  type Term,
} from "../../term/index.ts";

/** A reason may hold the state of a process: only so much of it stands in a message, in characters. */
const MAX_LENGTH = 1000;

/** Files and versions that reasons of `release_handler` name, in words. */
const WORDS: Readonly<Record<string, (first: string, second: string) => string>> = {
  already_installed: (version) => `version ${version} runs already`,
  existing_release: (version) => `version ${version} is known already`,
  no_such_release: (version) => `there is no version ${version}`,
  no_such_file: (file) => `the file ${file} is missing`,
  no_such_directory: (file) => `the directory ${file} is missing`,
  not_a_directory: (file) => `${file} is no directory`,
  no_matching_relup: (to, from) => `there is no way from ${from} to ${to}: no relup has it`,
  bad_relup_file: (file) => `the relup ${file} is damaged`,
  bad_rel_file: (file) => `the release file ${file} is damaged`,
  old_processes: (module) => `processes still execute old code of ${module}`,
  permanent: (version) => `version ${version} is the permanent one`,
  bad_status: (status) => `it is ${status}`,
  bad_lib_vsn: (library, version) => `its relup wants another version of ${library} than ${version}`,
  cannot_extract_file: (file, reason) => `${file} cannot be written: ${POSIX[reason] ?? reason}`,
  code_change_failed: (pid, module) => `code_change of ${module} failed in ${pid}`,
};

const POSIX: Readonly<Record<string, string>> = {
  eacces: "permission denied",
  edquot: "the quota is used up",
  enoent: "there is no such file or directory",
  enospc: "no space is left on the device",
  erofs: "the file system is read-only",
};

/** What `release_handler` gives as the reason of an error, in words where they are known, else as Erlang prints it. */
export function describeReason(reason: Term | undefined): string {
  if (reason === undefined) return "it does not say why";
  const [tag, first, second] = isTuple(reason) ? reason.elements : [];
  const word = atomName(tag) ?? "";
  const say = WORDS[word];
  if (say !== undefined && first !== undefined) {
    const rest = word === "code_change_failed" && isTuple(reason) ? `: ${describeExit(reason.elements.at(-1))}` : "";
    return say(textOf(first), textOf(second)) + rest;
  }
  const posix = POSIX[word];
  if (posix !== undefined) return first === undefined ? posix : `${textOf(first)}: ${posix}`;
  return word === "EXIT" ? describeExit(reason) : print(reason);
}

/** A reason as scripts read it; `null` where it does not say. */
export interface HandlerReason {
  /** Its word, such as `code_change_failed`; of an exit, that of its reason. */
  readonly reason: string | null;
  /** All of it, in Erlang's syntax. */
  readonly term: string | null;
  readonly module: string | null;
  /** The process that failed, as `<0.99.0>`. */
  readonly process: string | null;
}

/** Takes apart what `release_handler` gives as the reason of an error. */
export function readReason(reason: Term | undefined): HandlerReason {
  const word = wordOf(reason) ?? null;
  const { process, module } = culpritOf(reason);
  return {
    reason: word,
    term: reason === undefined ? null : print(reason),
    module: atomName(module) ?? null,
    process: process === undefined ? null : textOf(process),
  };
}

/** The process that failed, and its module, as far as a reason names them. */
function culpritOf(reason: Term | undefined): {
  readonly process?: Term | undefined;
  readonly module?: Term | undefined;
} {
  const [tag, first, second] = isTuple(reason) ? reason.elements : [];
  switch (atomName(tag)) {
    case "code_change_failed":
      return { process: first, module: second };
    case "old_processes":
      return { module: first };
    case "EXIT":
      return codeChangeIn(first) ?? {};
    default:
      return {};
  }
}

/** `{timeout, {sys, change_code, [Process, Module | _]}}`: what a process did not answer in time. */
function codeChangeIn(exit: Term | undefined): { readonly process: Term; readonly module: Term } | undefined {
  const call = isTagged(exit, "timeout", 2) ? exit.elements[1] : undefined;
  const [, name, inputs] = isTagged(call, "sys", 3) ? call.elements : [];
  const [process, module] = (atomName(name) === "change_code" ? listElements(inputs) : undefined) ?? [];
  return process === undefined || module === undefined ? undefined : { process, module };
}

/** `{Word, ...}`, or what an `{'EXIT', {Reason, Where}}` has as the reason. */
function wordOf(term: Term | undefined): string | undefined {
  const [tag] = isTuple(term) ? term.elements : [term];
  if (isTagged(term, "EXIT", 2)) return wordOf(term.elements[1]);
  return isTuple(tag) ? wordOf(tag) : atomName(tag);
}

/** `{'EXIT', {Reason, [{M, F, Arity, Location} | _]}}` as the reason and where it happened; anything else as Erlang prints it. */
function describeExit(term: Term | undefined): string {
  const exit = isTagged(term, "EXIT", 2) ? term.elements[1] : undefined;
  const slow = codeChangeIn(exit);
  if (slow !== undefined) return `code_change of ${textOf(slow.module)} in ${textOf(slow.process)} is not done in time`;
  const [reason, trace] = isTuple(exit, 2) ? exit.elements : [];
  const [call] = listElements(trace) ?? [];
  const [module, name, inputs, location] = isTuple(call, 4) ? call.elements : [];
  const arity = integerValue(inputs) ?? listElements(inputs)?.length;
  if (atomName(module) === undefined || atomName(name) === undefined || arity === undefined) return print(term);
  const [file, line] = [stringValue(propertyOf(location, "file")), integerValue(propertyOf(location, "line"))];
  const place = file === undefined || line === undefined ? "" : ` (${file}:${line})`;
  return `${print(reason)} in ${print(module)}:${print(name)}/${arity}${place}`;
}

function textOf(term: Term | undefined): string {
  if (term === undefined) return "";
  const text = textValue(term);
  return text === undefined || text === "" ? print(term) : text;
}

function print(term: Term | undefined): string {
  const text = term === undefined ? "" : printTerm(term, { format: "tp", width: 0 });
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`;
}
