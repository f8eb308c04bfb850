/** Text of one line as an Erlang string, for arguments of an emulator. */
export function erlangString(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
