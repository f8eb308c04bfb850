/** A configuration that is given to reltool and to us. `$ROOT` is a root directory of few libraries, with few modules of each. */
export interface Case {
  readonly name: string;
  /** Options of `{sys, [...]}`. */
  readonly sys: string;
  /** Not for OTP 27 and later, where reltool has no archives and no options of them. */
  readonly archives?: true;
  /** Make the tree there too, and not on the oldest OTP alone. */
  readonly tree?: true;
  /** Make no tree anywhere: it would take long, and show nothing that others do not. */
  readonly specOnly?: true;
  /** `$ROOT` has its libraries in whole. */
  readonly whole?: true;
}

const ROOT = '{root_dir, "$ROOT"}';
const LIB = `${ROOT}, {lib_dirs, ["lib"]}`;
const CHOICE = `${ROOT}, {lib_dirs, ["lib", choice]}`;
const REL = '{rel, "r", "1.0", [alpha]}, {boot_rel, "r"}';
const NO_ARCHIVES = '{excl_archive_filters, [".*"]}';

/** Configurations from which both make the same. */
export const CASES: readonly Case[] = [
  // The system as it is.
  { name: "nothing is configured", sys: "", specOnly: true },
  { name: "nothing but a small root directory", sys: ROOT, tree: true, whole: true },
  { name: "profile embedded", sys: `${ROOT}, {profile, embedded}`, tree: true, whole: true },
  { name: "profile standalone", sys: `${ROOT}, {profile, standalone}`, tree: true, whole: true },
  { name: "profile development after another one", sys: `${ROOT}, {profile, embedded}, {profile, development}` },
  {
    name: "filters before a profile are lost",
    sys: `${ROOT}, {excl_sys_filters, ["^erts"]}, {incl_app_filters, ["^src"]}, {profile, embedded}`,
  },
  { name: "not relocatable", sys: `${ROOT}, {relocatable, false}, {profile, embedded}`, tree: true },
  {
    name: "an installation in whole, wx left out",
    specOnly: true,
    sys: "{incl_cond, include}, {app, wx, [{incl_cond, exclude}]}, {app, reltool, [{incl_cond, exclude}]}, {app, debugger, [{incl_cond, exclude}]}, {app, et, [{incl_cond, exclude}]}, {app, observer, [{incl_cond, exclude}]}",
  },

  // Releases.
  { name: "a release of an application and what it needs", sys: `${LIB}, ${REL}`, tree: true },
  {
    name: "several releases",
    sys: `${LIB}, {rel, "z", "2", [sasl]}, {rel, "a", "1.0-rc1", [alpha, sasl]}, {rel, "m", "", []}, {boot_rel, "m"}`,
  },
  {
    name: "types of applications",
    sys: `${CHOICE}, {rel, "r", "1", [{alpha, transient}, {sasl, load}, {crypto, none}, {beta, temporary}, {kernel, permanent}, {zeta, undefined}]}, {boot_rel, "r"}`,
  },
  {
    name: "a type for all applications of releases",
    sys: `${LIB}, ${REL}, {rel_app_type, temporary}`,
  },
  {
    name: "a type of an application of its own",
    sys: `${LIB}, {rel, "r", "1", [alpha, {beta, load}]}, {boot_rel, "r"}, {app, alpha, [{app_type, transient}]}, {app, beta, [{app_type, none}]}`,
  },
  {
    name: "a type for what is embedded",
    sys: `${LIB}, ${REL}, {profile, embedded}, {embedded_app_type, permanent}, {app, alpha, [{mod, alpha_extra, [{incl_cond, exclude}]}]}, {app, epsilon, [{incl_cond, include}]}`,
  },
  { name: "no type for what is embedded", sys: `${LIB}, ${REL}, {profile, embedded}, {embedded_app_type, undefined}` },
  {
    name: "included applications by the .app file",
    sys: `${LIB}, {rel, "r", "1", [gamma]}, {boot_rel, "r"}`,
  },
  {
    name: "included applications by the release",
    sys: `${LIB}, {rel, "r", "1", [{gamma, [epsilon, delta]}, {sasl, none, []}]}, {boot_rel, "r"}`,
  },
  {
    name: "fewer included applications",
    sys: `${LIB}, {rel, "r", "1", [{gamma, load, [delta]}]}, {boot_rel, "r"}`,
  },
  { name: "no included applications", sys: `${LIB}, {rel, "r", "1", [{gamma, []}]}, {boot_rel, "r"}` },
  {
    name: "the order of a release follows what its applications need",
    sys: `${CHOICE}, {rel, "r", "1", [epsilon, alpha, gamma, sasl, zeta]}, {boot_rel, "r"}`,
  },
  {
    name: "an optional application that is not there",
    sys: `${CHOICE}, {rel, "r", "1", [zeta]}, {boot_rel, "r"}`,
  },
  {
    name: "without .erlang",
    sys: `${LIB}, {rel, "r", "1", [alpha], [{load_dot_erlang, false}]}, {boot_rel, "r"}`,
  },
  {
    name: "with .erlang, and said so",
    sys: `${LIB}, {rel, "r", "1", [alpha], [{load_dot_erlang, true}]}, {boot_rel, "r"}`,
  },
  {
    name: "a release without its own vsn in an .app file",
    sys: `${ROOT}, {lib_dirs, ["lib", "odd"]}, {rel, "r", "1", [bare, rc, named]}, {boot_rel, "r"}`,
  },

  // What is included.
  {
    name: "only what is named",
    sys: `${LIB}, {incl_cond, exclude}, {app, kernel, [{incl_cond, include}]}, {app, stdlib, [{incl_cond, include}]}, {erts, [{incl_cond, include}]}, {rel, "r", "1", []}, {boot_rel, "r"}`,
  },
  { name: "everything", sys: `${LIB}, {incl_cond, include}` },
  { name: "an application that is included brings what it needs", sys: `${LIB}, {app, gamma, [{incl_cond, include}]}` },
  {
    name: "modules that are called bring their applications",
    sys: `${LIB}, {mod_cond, derived}, {app, alpha, [{incl_cond, include}, {mod_cond, all}]}`,
  },
  {
    name: "modules of the .app file",
    sys: `${LIB}, {mod_cond, app}, {app, alpha, [{incl_cond, include}]}, {app, beta, [{incl_cond, include}]}`,
  },
  {
    name: "modules of the directory",
    sys: `${ROOT}, {lib_dirs, ["lib", "odd"]}, {mod_cond, ebin}, {app, gaps, [{incl_cond, include}]}`,
  },
  { name: "no modules at all", sys: `${LIB}, {app, beta, [{incl_cond, include}, {mod_cond, none}]}` },
  {
    name: "only modules that are called",
    sys: `${ROOT}, {mod_cond, derived}, {app, sasl, [{incl_cond, include}]}`,
  },
  {
    name: "only modules that are called, of whole libraries",
    sys: `${ROOT}, {mod_cond, derived}, {app, sasl, [{incl_cond, include}]}`,
    specOnly: true,
    whole: true,
  },
  {
    name: "the condition on modules does not count in a release",
    sys: `${LIB}, ${REL}, {app, alpha, [{mod_cond, none}]}`,
  },
  { name: "one module is left out", sys: `${LIB}, ${REL}, {app, alpha, [{mod, alpha_extra, [{incl_cond, exclude}]}]}` },
  {
    name: "one module is included",
    sys: `${LIB}, {app, alpha, [{incl_cond, include}, {mod_cond, none}, {mod, alpha_srv, [{incl_cond, include}]}]}`,
  },
  {
    name: "one module if it is called",
    sys: `${LIB}, {app, alpha, [{incl_cond, include}, {mod, alpha_extra, [{incl_cond, derived}, {debug_info, strip}]}, {mod, alpha_srv, [{incl_cond, derived}]}]}`,
  },
  {
    name: "a module of an application that is not included",
    sys: `${LIB}, {app, beta, [{incl_cond, derived}, {mod, beta_lib, [{incl_cond, include}]}]}`,
  },
  {
    name: "an application without anything that needs it",
    sys: `${LIB}, {app, beta, [{incl_cond, derived}]}, {incl_cond, derived}`,
  },
  { name: "an excluded application that is not there", sys: `${LIB}, {app, nobody, [{incl_cond, exclude}]}` },
  {
    name: "a module that is not there, left out",
    sys: `${LIB}, {app, beta, [{incl_cond, include}, {mod, beta_gone, [{incl_cond, exclude}]}]}`,
  },

  // Odd applications.
  {
    name: "no .app file, a broken one, two, one of another name",
    sys: `${ROOT}, {lib_dirs, ["odd"]}, {incl_cond, include}, {excl_lib, otp_root}`,

    tree: true,
  },
  {
    name: "names beyond ASCII",
    sys: `${ROOT}, {lib_dirs, ["wörds"]}, {rel, "rél", "1-ü", ['Größe']}, {boot_rel, "rél"}, {app_file, strip}, {excl_lib, otp_root}`,

    tree: true,
  },
  {
    name: "twins, one of them excluded",
    sys: `${ROOT}, {lib_dirs, ["twins"]}, {app, castor, [{incl_cond, include}]}, {app, pollux, [{incl_cond, exclude}]}`,
  },
  {
    name: "twins, the module of the first excluded",
    sys: `${ROOT}, {lib_dirs, ["twins"]}, {app, castor, [{incl_cond, include}, {mod, twin, [{incl_cond, exclude}]}]}, {app, pollux, [{incl_cond, include}]}`,
  },
  {
    name: "twins, the module of the second excluded",
    sys: `${ROOT}, {lib_dirs, ["twins"]}, {app, castor, [{incl_cond, include}]}, {app, pollux, [{incl_cond, include}, {mod, twin, [{incl_cond, exclude}]}]}`,
  },

  // Versions.
  {
    name: "the highest version by its numbers",
    sys: `${ROOT}, {lib_dirs, ["lib", "versions"]}, ${REL}`,
  },
  {
    name: "a version by its number",
    sys: `${ROOT}, {lib_dirs, ["lib", "versions"]}, ${REL}, {app, alpha, [{vsn, "1.9"}]}`,
  },
  {
    name: "a version by its directory",
    sys: `${ROOT}, {lib_dirs, ["lib", "versions"]}, ${REL}, {app, alpha, [{lib_dir, "lib/../lib/./alpha-1.0"}]}`,
  },
  {
    name: "an application from outside of the library directories",
    sys: `${LIB}, {rel, "r", "1", [alpha, castor]}, {boot_rel, "r"}, {app, castor, [{lib_dir, "twins/castor-1.0"}]}, {excl_lib, otp_root}`,

    tree: true,
  },

  // Filters.
  {
    name: "filters of the system",
    sys: `${ROOT}, {incl_sys_filters, ["^bin", "^erts", "^releases", "^misc"]}, {excl_sys_filters, ["^bin/(erlc|ct_run)$", "\\\\.txt$"]}`,

    tree: true,
  },
  {
    name: "filters added and taken away",
    sys: `${ROOT}, {profile, embedded}, {incl_sys_filters, {add, ["^misc"]}}, {excl_sys_filters, {del, ["^bin/(erlc|dialyzer|typer)(|\\\\.exe)$"]}}, {incl_app_filters, {del, ["^include"]}}, {excl_app_filters, {add, ["\\\\.appup$"]}}`,
  },
  {
    name: "filters of all applications",
    sys: `${LIB}, ${REL}, {incl_app_filters, ["^ebin", "^priv"]}, {excl_app_filters, ["priv/data"]}, {excl_lib, otp_root}`,

    tree: true,
  },
  {
    name: "filters of one application replace the system's",
    sys: `${LIB}, ${REL}, {profile, embedded}, {app, alpha, [{mod, alpha_extra, [{incl_cond, exclude}]}, {incl_app_filters, ["^src", "^doc", "README"]}, {excl_app_filters, {add, ["txt$"]}}]}`,
  },
  {
    name: "a filter of one application that is added begins with nothing",
    sys: `${LIB}, ${REL}, {app, beta, [{incl_app_filters, {add, ["^ebin/beta_lib"]}}, {excl_app_filters, {del, ["x"]}}]}`,
  },
  { name: "an application of which nothing is left", sys: `${LIB}, ${REL}, {app, beta, [{incl_app_filters, []}]}` },
  {
    name: "a filter with classes and look-around",
    sys: `${LIB}, ${REL}, {excl_app_filters, ["^(?!ebin|priv)", "[[:upper:]]+\\\\.md$"]}`,
  },

  // What becomes of files.
  {
    name: "stripped BEAM files",
    archives: true,
    sys: `${LIB}, ${REL}, {debug_info, strip}, {incl_cond, derived}, ${NO_ARCHIVES}, {excl_lib, otp_root}`,
    tree: true,
  },
  {
    name: "debug information of an application or a module has no effect",
    sys: `${LIB}, ${REL}, {app, alpha, [{debug_info, strip}, {mod, alpha_srv, [{debug_info, strip}]}]}`,
  },
  {
    name: ".app files without the modules left out",
    sys: `${LIB}, ${REL}, {app_file, strip}, {app, alpha, [{mod, alpha_app, [{incl_cond, exclude}]}]}`,
  },
  {
    name: ".app files with all modules",
    sys: `${LIB}, ${REL}, {app_file, all}, {excl_lib, otp_root}`,

    tree: true,
  },
  {
    name: ".app files of one application",
    sys: `${ROOT}, {lib_dirs, ["lib", "odd"]}, {rel, "r", "1", [alpha, gaps, bare]}, {boot_rel, "r"}, {app, alpha, [{app_file, all}]}, {app, gaps, [{app_file, strip}]}, {app, bare, [{app_file, all}]}`,
  },
  {
    name: "a new .app file keeps all that reltool knows",
    archives: true,
    sys: `${LIB}, ${REL}, {app_file, strip}, {app, alpha, [{app_file, all}]}, ${NO_ARCHIVES}`,
  },

  // Archives, up to OTP 25.
  { name: "no archives", archives: true, sys: `${LIB}, ${REL}, ${NO_ARCHIVES}`, tree: true },
  {
    name: "archives of applications by filters",
    archives: true,
    sys: `${LIB}, ${REL}, {incl_archive_filters, ["^ebin$"]}, {excl_archive_filters, []}, {excl_lib, otp_root}`,
    tree: true,
  },
  {
    name: "an archive of one application",
    archives: true,
    sys: `${LIB}, ${REL}, ${NO_ARCHIVES}, {app, alpha, [{incl_archive_filters, [".*"]}, {excl_archive_filters, ["^priv$"]}]}, {excl_lib, otp_root}`,
    tree: true,
  },
  {
    name: "options of archives",
    archives: true,
    sys: `${LIB}, ${REL}, {archive_opts, [{compress, [".beam", ".txt"]}, {uncompress, {add, [".txt"]}}, {comment, "made"}]}, {app, beta, [{archive_opts, [{compress, []}]}]}, {excl_lib, otp_root}`,
    tree: true,
  },
  {
    name: "everything in one archive",
    archives: true,
    sys: `${LIB}, ${REL}, {debug_info, strip}, {app_file, strip}, {app, alpha, [{excl_archive_filters, []}]}, {excl_lib, otp_root}`,
    tree: true,
  },

  // Systems beside an installation.
  {
    name: "without the libraries of the root directory",
    sys: `${LIB}, ${REL}, {excl_lib, otp_root}`,

    tree: true,
  },
  {
    name: "without them, an application by its directory",
    sys: `${LIB}, {rel, "r", "1", [alpha, castor]}, {boot_rel, "r"}, {excl_lib, otp_root}, {app, castor, [{lib_dir, "twins/castor-1.0"}]}`,
  },

  // Escripts.
  {
    name: "an escript of one module",
    sys: `${LIB}, {escript, "escripts/single.escript", [{incl_cond, include}]}, {mod_cond, derived}, {app, beta, [{mod, beta_unlisted, [{incl_cond, exclude}]}]}`,

    tree: true,
  },
  {
    name: "an escript with applications in it",
    sys: `${LIB}, {escript, "escripts/packed", [{incl_cond, include}]}`,

    tree: true,
  },
  {
    name: "an escript in an embedded system",
    sys: `${LIB}, {escript, "escripts/packed", [{incl_cond, include}]}, {profile, embedded}, {app, gamma, [{incl_cond, exclude}]}`,
  },
  {
    name: "an escript in a standalone system",
    sys: `${LIB}, {escript, "escripts/packed", [{incl_cond, include}]}, {profile, standalone}`,
    tree: true,
  },
  {
    name: "an escript of source code",
    sys: `${LIB}, {escript, "escripts/text", [{incl_cond, include}]}, {mod_cond, derived}`,
  },
  { name: "an escript that is not included", sys: `${LIB}, {escript, "escripts/packed", []}` },
  {
    name: "two escripts",
    sys: `${LIB}, {escript, "escripts/packed", [{incl_cond, include}]}, {escript, "escripts/text", [{incl_cond, include}]}`,
  },
];

/** Configurations that both refuse, with our code for it. */
export const REFUSED: readonly (Case & { readonly code: string })[] = [
  {
    name: "an application of a release that is not there",
    sys: `${LIB}, {rel, "r", "1", [nobody]}, {boot_rel, "r"}`,
    code: "application_not_found",
  },
  {
    name: "an application that needs one that is not there",
    sys: `${ROOT}, {lib_dirs, ["lost"]}, {rel, "r", "1", [needy]}, {boot_rel, "r"}`,
    code: "application_not_found",
  },
  {
    name: "an application outside of releases that needs one that is not there",
    sys: `${ROOT}, {lib_dirs, ["lost"]}, {app, needy, [{incl_cond, include}]}`,
    code: "application_not_found",
  },
  {
    name: "a configured application that is not there",
    sys: `${LIB}, {app, nobody, []}`,
    code: "application_not_found",
  },
  {
    name: "an application that is configured twice",
    sys: `${LIB}, {app, alpha, []}, {app, alpha, [{incl_cond, include}]}`,
    code: "reltool_option",
  },
  {
    name: "an excluded application in a release",
    sys: `${LIB}, {rel, "r", "1", [gamma]}, {boot_rel, "r"}, {app, beta, [{incl_cond, exclude}]}`,
    code: "application_excluded",
  },
  {
    name: "an application in an embedded system that uses the one that includes it",
    sys: `${LIB}, ${REL}, {profile, embedded}`,
    code: "applications_undefined",
  },
  { name: "everything excluded", sys: `${ROOT}, {incl_cond, exclude}`, code: "application_excluded" },
  { name: "no boot release", sys: `${ROOT}, {boot_rel, "nobody"}`, code: "reltool_no_boot_release" },
  {
    name: "two releases of one name",
    sys: `${ROOT}, {rel, "r", "1", []}, {rel, "r", "2", []}, {boot_rel, "r"}`,
    code: "reltool_option",
  },
  { name: "twins", sys: `${ROOT}, {lib_dirs, ["twins"]}, {incl_cond, include}`, code: "module_clash" },
  {
    name: "a ring",
    sys: `${ROOT}, {lib_dirs, ["ring"]}, {rel, "r", "1", [ping]}, {boot_rel, "r"}`,
    code: "circular_dependency",
  },
  {
    name: "one version in two directories",
    sys: `${ROOT}, {lib_dirs, ["same/one", "same/two"]}, {app, same, [{incl_cond, include}]}`,
    code: "version_clash",
  },
  {
    name: "a version that is not there",
    sys: `${LIB}, {app, alpha, [{vsn, "7"}]}`,
    code: "application_version_not_found",
  },
  {
    name: "a directory that is not there",
    sys: `${LIB}, {app, alpha, [{lib_dir, "nowhere"}]}`,
    code: "lib_dir_missing",
  },
  {
    name: "vsn and lib_dir",
    sys: `${LIB}, {app, alpha, [{vsn, "1.0"}, {lib_dir, "lib/alpha-1.0"}]}`,
    code: "reltool_option",
  },
  { name: "a library directory that is not there", sys: `${ROOT}, {lib_dirs, ["nowhere"]}`, code: "library_missing" },
  { name: "a library directory named twice", sys: `${ROOT}, {lib_dirs, ["lib", "lib"]}`, code: "library_duplicate" },
  { name: "a root directory that is not there", sys: '{root_dir, "nowhere"}', code: "library_missing" },
  { name: "a root directory without an emulator", sys: '{root_dir, "hollow"}', code: "erts_not_found" },
  {
    name: "included applications that the .app file does not include",
    sys: `${LIB}, {rel, "r", "1", [{alpha, [beta]}]}, {boot_rel, "r"}`,
    code: "included_applications_unknown",
  },
  {
    name: "a module that is not there",
    sys: `${LIB}, {app, beta, [{incl_cond, include}, {mod, beta_gone, [{incl_cond, include}]}]}`,
    code: "module_not_found",
  },
  {
    name: "filters that leave out the emulator",
    sys: `${ROOT}, {excl_sys_filters, ["^erts"]}`,
    code: "directory_not_included",
  },
  {
    name: "an escript with an application that is elsewhere too",
    sys: `${LIB}, {escript, "escripts/packed", []}, {app, inner, [{lib_dir, "escripts/inner-1.0"}]}`,
    code: "application_clash",
  },
  { name: "an escript that is not there", sys: `${ROOT}, {escript, "escripts/nobody", []}`, code: "file_not_found" },
  ...[
    "{colour, blue}",
    "{mod_cond, some}",
    "{incl_cond, maybe}",
    "{lib_dirs, lib}",
    "{lib_dirs, [7]}",
    '{rel, r, "1", []}',
    '{rel, "r", "1", [{a, b}]}',
    '{rel, "r", "1", [{a, ["b"]}]}',
    '{rel, "r", "1", [], [{load_dot_erlang, maybe}]}',
    '{rel, "r", "1", [], [{x, true}]}',
    '{rel, "r", "1", [{a}]}',
    "{profile, small}",
    "{relocatable, maybe}",
    "{debug_info, all}",
    "{app_file, none}",
    '{app, "alpha", []}',
    "{app, alpha, [{size, 1}]}",
    "{app, alpha, [{incl_cond, no}]}",
    "{app, alpha, [{mod, m, [{size, 1}]}]}",
    "{erts, [{colour, blue}]}",
    "{escript, name, []}",
    "{excl_lib, all}",
    '{incl_sys_filters, "^bin"}',
    "bare",
    "{rel_app_type, undefined}",
    "{embedded_app_type, some}",
    "{incl_app_filters, {put, []}}",
  ].map((option) => ({ name: `the option ${option}`, sys: `${ROOT}, ${option}`, code: "reltool_option" })),
  { name: "a filter that is no expression", sys: `${ROOT}, {incl_app_filters, ["*.beam"]}`, code: "regexp_invalid" },
  {
    name: "a filter of an application that is no expression",
    sys: `${ROOT}, {app, kernel, [{excl_app_filters, ["(a"]}]}`,
    code: "regexp_invalid",
  },
];
