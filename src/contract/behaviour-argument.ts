import { EnitError } from "../error/index.ts";

/** Reads `NAME=BASE`, what a behaviour is built on: `my_server=gen_server`. */
export function readBehaviour(text: string): readonly [name: string, base: string] {
  const [, name, base] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (name !== undefined && base !== undefined) return [name, base];
  throw new EnitError("bad_behaviour", `cannot use the behaviour "${text}": it is not of the form NAME=BASE`, {
    kind: "usage",
    data: { value: text },
  });
}
