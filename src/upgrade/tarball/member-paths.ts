import { posix } from "node:path";
import { EnitError } from "../../error/index.ts";
import type { TarMember } from "../../tar/index.ts";

/**
 * Makes sure that nothing of a tarball would be written outside of the root, whatever unpacks it.
 *
 * Names must be relative and lead nowhere up. Of links only symbolic ones are taken that stay in the directory of
 * their application; nothing may lie behind a link. Throws `tarball_unsafe`.
 */
export class MemberPaths {
  readonly #file: string;
  readonly #links = new Set<string>();
  readonly #paths = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  /** The normal form of the path of a member, without a slash at its end; `""` for the root itself. */
  check(member: TarMember): string {
    const { path } = member;
    const names = path.split("/").filter((name) => name !== "" && name !== ".");
    if (path.startsWith("/")) throw this.#refuse(path, "its name is absolute");
    if (names.includes("..")) throw this.#refuse(path, "its name leads out of the release");
    if (/[\0\\]/.test(path)) throw this.#refuse(path, "its name has a character that no file of a release has");
    const normal = names.join("/");
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join("/");
      if (this.#links.has(above)) throw this.#refuse(path, `it lies behind the link "${above}"`);
    }
    if (member.type === "other") throw this.#refuse(path, "it is neither a file nor a directory nor a symbolic link");
    if (member.type === "link") this.#checkLink(normal, member.target ?? "");
    if (member.type !== "directory" && this.#paths.has(normal)) throw this.#refuse(path, "it is there twice");
    if (member.type !== "directory") this.#paths.add(normal);
    return normal;
  }

  #checkLink(path: string, target: string): void {
    const [top, application] = path.split("/");
    const home = `${top}/${application}/`;
    const leadsTo = posix.join(posix.dirname(path), target);
    if (top !== "lib" || target.startsWith("/") || !`${leadsTo}/`.startsWith(home)) {
      throw this.#refuse(path, `it is a link to "${target}", which is not in its application`);
    }
    this.#links.add(path);
  }

  #refuse(path: string, state: string): EnitError {
    return new EnitError("tarball_unsafe", `cannot use the tarball "${this.#file}": "${path}" in it: ${state}`, {
      kind: "input",
      hint: "Nothing was unpacked. A tarball of enit, knit or systools has no such names.",
      data: { file: this.#file, member: path },
    });
  }
}
