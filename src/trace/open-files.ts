import { join } from "node:path";
import { type FileSet, identityOf, statFile } from "./file-set.ts";
import { OpenFile, type OpenFileOptions } from "./open-file.ts";
import { type WrapFile, missingNumbers, orderNewFiles } from "./wrap-set.ts";

/**
 * The files of a set that are open: those that were read and still exist, the one that is read, those that wait. One that the
 * tracer removes before its turn can still be read.
 */
export class OpenFiles implements Disposable {
  readonly #set: FileSet;
  readonly #options: OpenFileOptions;
  #files: OpenFile[] = [];
  #index = 0;

  constructor(set: FileSet, options: OpenFileOptions) {
    this.#set = set;
    this.#options = options;
  }

  get current(): OpenFile | undefined {
    return this.#files[this.#index];
  }

  get hasNext(): boolean {
    return this.#index + 1 < this.#files.length;
  }

  /** Goes on to the next file. */
  advance(): void {
    this.#index++;
  }

  /** Looks what there is now: opens what is new, and closes what was read and is gone. */
  update(): void {
    const here = new Map<string, WrapFile>();
    for (const file of this.#set.list()) {
      const facts = statFile(join(this.#set.directory, file.name));
      if (facts !== undefined) here.set(identityOf(facts), file);
    }
    this.#closeRemoved(here);
    const known = new Set(this.#files.map(({ identity }) => identity));
    const fresh = [...here].filter(([identity]) => !known.has(identity)).map(([, file]) => file);
    for (const { name, number } of this.#inOrder(fresh)) {
      const file = OpenFile.open(join(this.#set.directory, name), number, this.#options);
      if (file !== undefined) this.#files.push(file);
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file.close();
  }

  #inOrder(fresh: readonly WrapFile[]): readonly WrapFile[] {
    const last = this.#files.at(-1);
    if (last === undefined) return this.#set.order(fresh);
    const ordered = orderNewFiles(fresh, last.number);
    for (const { from, to } of missingNumbers(ordered, last.number)) {
      const files = from === to ? `file number ${from}` : `files number ${from} to ${to}`;
      this.#options.onNotice(`the ${files} of the trace "${this.#set.name}" came and went unread`);
    }
    return ordered;
  }

  #closeRemoved(here: ReadonlyMap<string, WrapFile>): void {
    const kept: OpenFile[] = [];
    for (const file of this.#files.slice(0, this.#index)) {
      if (here.has(file.identity)) kept.push(file);
      else file.close();
    }
    this.#files = [...kept, ...this.#files.slice(this.#index)];
    this.#index = kept.length;
  }
}
