import { type Term, isTagged, isTuple, listElements, stringValue } from "../../term/index.ts";
import { absolutePath } from "../filename.ts";
import type { AppConfig, InclCond } from "./config.ts";
import { changeFilters } from "./filters.ts";
import { type ParseContext, illegalOption, optionError, unknownOption } from "./option-error.ts";
import { type OptionReader, type OptionReaders, chosen, converted, readOption } from "./option-reader.ts";
import {
  APP_FILES,
  APP_TYPE_FORM,
  DEBUG_INFO_FORM,
  FILTERS_FORM,
  INCL_CONDS,
  MOD_CONDS,
  appType,
  archiveOpts,
  debugInfo,
  ignoresArchives,
} from "./option-words.ts";
import { normalizedPath } from "./paths.ts";
import { filterChange, oneOf } from "./values.ts";

type Draft = { -readonly [Key in keyof AppConfig]: AppConfig[Key] };

/** Reads the options of `{app, Name, Options}`, `{erts, Options}` or `{escript, File, Options}`. */
export function parseApp(name: string, options: readonly Term[], context: ParseContext, escript?: string): AppConfig {
  const draft: Draft = { name, escript, mods: new Map() };
  const mods = new Map<string, InclCond | undefined>();
  for (const option of options) {
    if (isTagged(option, "mod", 3)) {
      const [mod, cond] = parseMod(option, context);
      mods.set(mod, cond);
      continue;
    }
    readOption(READERS, draft, option, context, ["mod"]);
    if (draft.vsn !== undefined && draft.libDir !== undefined) {
      throw optionError(option, "vsn and lib_dir exclude each other", context);
    }
  }
  return { ...draft, mods };
}

/** What a module says of debug information is checked and, as in reltool, has no effect. */
function parseMod(option: Term & { kind: "tuple" }, context: ParseContext): [name: string, cond: InclCond | undefined] {
  const [, name, listTerm] = option.elements;
  const options = listElements(listTerm);
  if (name?.kind !== "atom" || options === undefined) throw illegalOption(option, "{mod, Module, [Option]}", context);
  let cond: InclCond | undefined;
  for (const each of options) {
    const value = isTuple(each, 2) ? each.elements[1] : undefined;
    if (value !== undefined && isTagged(each, "incl_cond")) {
      cond = oneOf(value, INCL_CONDS);
      if (cond === undefined) throw illegalOption(each, `{incl_cond, ${INCL_CONDS.join(" | ")}}`, context);
    } else if (value === undefined || !isTagged(each, "debug_info")) {
      throw unknownOption(each, ["incl_cond", "debug_info"], context);
    } else if (debugInfo(value, context) === undefined) {
      throw illegalOption(each, `{debug_info, ${DEBUG_INFO_FORM}}`, context);
    }
  }
  return [name.name, cond];
}

type FilterKey = "inclAppFilters" | "exclAppFilters" | "inclArchiveFilters" | "exclArchiveFilters";

function filters(key: FilterKey, archiveOption?: string): OptionReader<Draft> {
  return {
    expected: FILTERS_FORM,
    read: (draft, value, context) => {
      if (archiveOption !== undefined && ignoresArchives(archiveOption, context)) return true;
      const change = filterChange(value);
      // As in reltool, an addition begins with nothing here, and the result replaces what the system has.
      if (change !== undefined) draft[key] = changeFilters(draft[key], change, context.release);
      return change !== undefined;
    },
  };
}

const READERS: OptionReaders<Draft> = {
  vsn: converted("vsn", "String", stringValue),
  lib_dir: converted("libDir", "Directory", (value, { directory }) => {
    const dir = stringValue(value);
    return dir === undefined ? undefined : normalizedPath(absolutePath(dir, directory));
  }),
  mod_cond: chosen("modCond", MOD_CONDS),
  incl_cond: chosen("inclCond", INCL_CONDS),
  app_file: chosen("appFile", APP_FILES),
  app_type: {
    expected: APP_TYPE_FORM,
    read: (draft, value) => {
      const type = appType(value);
      if (type !== null) draft.appType = type;
      return type !== null;
    },
  },
  debug_info: { expected: DEBUG_INFO_FORM, read: (_, value, context) => debugInfo(value, context) !== undefined },
  incl_app_filters: filters("inclAppFilters"),
  excl_app_filters: filters("exclAppFilters"),
  incl_archive_filters: filters("inclArchiveFilters", "incl_archive_filters"),
  excl_archive_filters: filters("exclArchiveFilters", "excl_archive_filters"),
  archive_opts: {
    expected: "[Option]",
    read: (draft, value, context) => {
      if (ignoresArchives("archive_opts", context)) return true;
      draft.archiveOpts = archiveOpts(value);
      return draft.archiveOpts !== undefined;
    },
  },
};
