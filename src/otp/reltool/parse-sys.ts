import {
  type Term,
  atomName,
  booleanValue,
  isAtom,
  isTagged,
  isTuple,
  listElements,
  stringValue,
} from "../../term/index.ts";
import { EnitError } from "../../error/index.ts";
import { absolutePath } from "../filename.ts";
import type { AppConfig, AppType, FilterSet, Profile, RelConfig, SysConfig } from "./config.ts";
import { changeFilters, makeFilters } from "./filters.ts";
import { type ParseContext, illegalOption, optionError } from "./option-error.ts";
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
import { parseApp } from "./parse-app.ts";
import { parseRel } from "./parse-rel.ts";
import { baseNameWithout } from "./paths.ts";
import { ARCHIVE_FILTERS, PROFILES } from "./profiles.ts";
import { directories, filterChange, oneOf } from "./values.ts";

/** What holds where `{sys, Options}` says nothing. */
export interface SysDefaults {
  /** The root directory of the OTP at hand. */
  readonly rootDir: string;
  /** The directories of `ERL_LIBS`. */
  readonly libDirs: readonly string[];
}

type Draft = { -readonly [Key in keyof SysConfig]: SysConfig[Key] };

/**
 * Reads a configuration of reltool, `{sys, [Option]}`; options count in their order.
 *
 * @throws EnitError `reltool_option`, `regexp_invalid`, `regexp_unsupported`.
 */
export function parseSys(term: Term, defaults: SysDefaults, context: ParseContext): SysConfig {
  const options = isTuple(term, 2) && isTagged(term, "sys") ? listElements(term.elements[1]) : undefined;
  if (options === undefined) throw illegalOption(term, "{sys, [Option]}", context);
  const draft = initial(defaults, context.release);
  const apps: AppConfig[] = [];
  const rels: RelConfig[] = [];
  for (const option of options) {
    const app = parseAppOption(option, context);
    if (app !== undefined) {
      if (apps.some(({ name }) => name === app.name)) throw optionError(option, "it is configured twice", context);
      apps.push(app);
    } else if (isTuple(option) && (isTagged(option, "rel", 4) || isTagged(option, "rel", 5))) {
      const rel = parseRel(option, context);
      if (rels.some(({ name }) => name === rel.name))
        throw optionError(option, "another release has its name", context);
      rels.push(rel);
    } else {
      readOption(READERS, draft, option, context, ["rel", "app", "erts", "escript"]);
    }
  }
  return checked({ ...draft, apps, rels: rels.length === 0 ? DEFAULT_RELS : rels });
}

function parseAppOption(option: Term, context: ParseContext): AppConfig | undefined {
  const parts = option.kind === "tuple" ? option.elements : [];
  const [kind, subject] = parts;
  const options = listElements(parts.at(-1));
  const expected = (form: string): EnitError => illegalOption(option, form, context);
  if (isAtom(kind, "erts")) {
    if (parts.length !== 2 || options === undefined) throw expected("{erts, [Option]}");
    return parseApp("erts", options, context);
  }
  if (isAtom(kind, "app")) {
    const name = atomName(subject);
    if (parts.length !== 3 || name === undefined || options === undefined) throw expected("{app, Name, [Option]}");
    return parseApp(name, options, context);
  }
  if (!isAtom(kind, "escript")) return undefined;
  const file = stringValue(subject);
  if (parts.length !== 3 || file === undefined || options === undefined) throw expected("{escript, File, [Option]}");
  return parseApp(escriptAppName(file), options, context, absolutePath(file, context.directory));
}

/** The name that reltool gives to an escript among the applications. */
function escriptAppName(file: string): string {
  return `*escript* ${baseNameWithout(file, ".escript")}`;
}

/** What reltool has if no release is configured; the same from OTP 25 to 29. */
const DEFAULT_RELS: readonly RelConfig[] = [
  { name: "start_clean", vsn: "1.0", apps: [], loadDotErlang: true },
  {
    name: "start_sasl",
    vsn: "1.0",
    apps: [{ name: "sasl", type: undefined, includedApplications: undefined }],
    loadDotErlang: true,
  },
  { name: "no_dot_erlang", vsn: "1.0", apps: [], loadDotErlang: false },
];

function initial({ rootDir, libDirs }: SysDefaults, release: number): Draft {
  return {
    rootDir,
    libDirs,
    modCond: "all",
    inclCond: "derived",
    apps: [],
    bootRel: "start_clean",
    rels: [],
    ...profileSettings("development", release),
    archiveFilters: {
      incl: makeFilters(ARCHIVE_FILTERS.incl, release),
      excl: makeFilters(ARCHIVE_FILTERS.excl, release),
    },
    archiveOpts: [],
    exclLib: false,
    relocatable: true,
    relAppType: "permanent",
    appFile: "keep",
    debugInfo: "keep",
  };
}

type ProfileSettings = Pick<SysConfig, "sysFilters" | "appFilters" | "embeddedAppType">;

function profileSettings(profile: Profile, release: number): ProfileSettings {
  const { inclSysFilters, exclSysFilters, inclAppFilters, exclAppFilters, embeddedAppType } = PROFILES[profile];
  return {
    sysFilters: { incl: makeFilters(inclSysFilters, release), excl: makeFilters(exclSysFilters, release) },
    appFilters: { incl: makeFilters(inclAppFilters, release), excl: makeFilters(exclAppFilters, release) },
    embeddedAppType,
  };
}

function checked(sys: SysConfig): SysConfig {
  if (sys.rels.some(({ name }) => name === sys.bootRel)) return sys;
  const names = sys.rels.map(({ name }) => name);
  throw new EnitError(
    "reltool_no_boot_release",
    `cannot use the reltool option {boot_rel, "${sys.bootRel}"}: there is no such release`,
    {
      kind: "input",
      hint: `The releases are ${names.join(", ")}.`,
      data: { bootRel: sys.bootRel, releases: names },
    },
  );
}

type FilterSetKey = "sysFilters" | "appFilters" | "archiveFilters";

function filters(key: FilterSetKey, side: keyof FilterSet, archiveOption?: string): OptionReader<Draft> {
  return {
    expected: FILTERS_FORM,
    read: (draft, value, context) => {
      if (archiveOption !== undefined && ignoresArchives(archiveOption, context)) return true;
      const change = filterChange(value);
      if (change === undefined) return false;
      draft[key] = { ...draft[key], [side]: changeFilters(draft[key][side], change, context.release) };
      return true;
    },
  };
}

function typed(key: "relAppType" | "embeddedAppType"): OptionReader<Draft> {
  return {
    expected: APP_TYPE_FORM,
    read: (draft, value) => {
      const type: AppType | null = appType(value);
      if (type !== null) draft[key] = type;
      return type !== null && !(key === "relAppType" && type === undefined);
    },
  };
}

const READERS: OptionReaders<Draft> = {
  root_dir: converted("rootDir", "Directory", (value, { directory }) => absoluteDir(value, directory)),
  lib_dirs: converted("libDirs", "[Directory]", (value, { directory }) =>
    directories(value)?.map((dir) => absolutePath(dir, directory)),
  ),
  mod_cond: chosen("modCond", MOD_CONDS),
  incl_cond: chosen("inclCond", INCL_CONDS),
  boot_rel: converted("bootRel", "Name", stringValue),
  // The name of the emulator has no effect any more.
  emu_name: { expected: "Name", read: (_, value) => stringValue(value) !== undefined },
  profile: {
    expected: Object.keys(PROFILES).join(" | "),
    read: (draft, value, { release }) => {
      const profile = oneOf(value, ["development", "embedded", "standalone"]);
      if (profile !== undefined) Object.assign(draft, profileSettings(profile, release));
      return profile !== undefined;
    },
  },
  excl_lib: converted("exclLib", "otp_root", (value) => (oneOf(value, ["otp_root"]) === undefined ? undefined : true)),
  incl_sys_filters: filters("sysFilters", "incl"),
  excl_sys_filters: filters("sysFilters", "excl"),
  incl_app_filters: filters("appFilters", "incl"),
  excl_app_filters: filters("appFilters", "excl"),
  incl_archive_filters: filters("archiveFilters", "incl", "incl_archive_filters"),
  excl_archive_filters: filters("archiveFilters", "excl", "excl_archive_filters"),
  archive_opts: {
    expected: "[Option]",
    read: (draft, value, context) => {
      if (ignoresArchives("archive_opts", context)) return true;
      const opts = archiveOpts(value);
      if (opts !== undefined) draft.archiveOpts = opts;
      return opts !== undefined;
    },
  },
  relocatable: converted("relocatable", "true | false", booleanValue),
  rel_app_type: typed("relAppType"),
  embedded_app_type: typed("embeddedAppType"),
  app_file: chosen("appFile", APP_FILES),
  debug_info: converted("debugInfo", DEBUG_INFO_FORM, debugInfo),
};

function absoluteDir(value: Term, directory: string): string | undefined {
  const dir = stringValue(value);
  return dir === undefined ? undefined : absolutePath(dir, directory);
}
