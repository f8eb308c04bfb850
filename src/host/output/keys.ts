const NAMES: Readonly<Record<string, string>> = {
  "\u001b[A": "up",
  "\u001b[B": "down",
  "\u001b[C": "right",
  "\u001b[D": "left",
  "\u001bOA": "up",
  "\u001bOB": "down",
  "\u001bOC": "right",
  "\u001bOD": "left",
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\u001b": "escape",
  "\u007f": "backspace",
  "\b": "backspace",
};

/** What a terminal sends for one key: a sequence of control characters, or a character. */
// oxlint-disable-next-line no-control-regex -- They are what it is about.
const KEYS = /\u001b\[[0-9;?]*[@-~]|\u001bO[A-Z]|./gsu;

/** Tells of each key that comes, until the end of the stream. A key that is none of ours comes as what the terminal sent. */
export async function readKeys(stream: AsyncIterable<Uint8Array>, onKey: (key: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    for (const key of splitKeys(decoder.decode(chunk, { stream: true }))) onKey(key);
  }
}

/** Terminals send a key whole, so that an escape at the end of what came is the key of that name. */
export function splitKeys(text: string): string[] {
  return (text.match(KEYS) ?? []).map((key) => NAMES[key] ?? key);
}
