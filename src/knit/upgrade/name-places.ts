import { EnitError } from "../../error/index.ts";

/** Names files of a tree as they are called in the release, since the tree lies in a temporary directory. */
export function inRelease(text: string, tree: string): string {
  return text.replaceAll(`${tree}/`, "");
}

/** Does some work; an error in it names files of the tree as `inRelease` does. */
export async function namingPlaces<T>(tree: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EnitError) || !error.message.includes(`${tree}/`)) throw error;
    const { code, kind, hint, data } = error;
    const file = typeof data["file"] === "string" ? { file: inRelease(data["file"], tree) } : {};
    throw new EnitError(code, inRelease(error.message, tree), { kind, hint, data: { ...data, ...file }, cause: error });
  }
}
