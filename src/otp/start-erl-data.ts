/**
 * `start_erl.data`: which release a system starts. One line, the version of the emulator and that of the release,
 * separated by white space. Written by `release_handler:make_permanent/1`, read by `start_erl` and `run_erl`.
 */
export interface StartErlData {
  readonly ertsVersion: string;
  readonly vsn: string;
}

/** Reads the text of a `start_erl.data`; `undefined` if it does not hold two words. */
export function parseStartErlData(text: string): StartErlData | undefined {
  const [ertsVersion, vsn] = text.trim().split(/\s+/);
  return ertsVersion === undefined || vsn === undefined ? undefined : { ertsVersion, vsn };
}

/** The text of a `start_erl.data`. */
export function formatStartErlData(data: StartErlData): string {
  return `${data.ertsVersion} ${data.vsn}\n`;
}
