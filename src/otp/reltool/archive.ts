import { joinPath } from "../filename.ts";
import { readWholeFile } from "../files.ts";
import { type ZipSource, makeZip } from "../zip/index.ts";
import { readArchiveOptions } from "./archive-options.ts";
import { type SpecSource, sourceOfDir, sourceOfFile, strippedContent } from "./spec-source.ts";
import type { Archive, SpecItem } from "./spec.ts";

/** Makes the archive of an application (`NAME-VSN.ez`), its directories as entries of their own. Throws `archive_option`. */
export function makeArchive({ options, items }: Archive, source: SpecSource): Uint8Array {
  const { compresses, comment } = readArchiveOptions(options);
  const sources: ZipSource[] = [];
  const add = (inner: readonly SpecItem[], from: SpecSource, path: string): void => {
    for (const item of inner) {
      const name = path === "" ? item.name : joinPath(path, item.name);
      if (item.kind === "create_dir") {
        sources.push({ name: `${name}/`, content: new Uint8Array(0), compress: false });
        add(item.items, sourceOfDir(item, from), name);
      } else {
        const content = contentOf(item, from);
        sources.push({ name, content, compress: compresses(name, content.length) });
      }
    }
  };
  add(items, source, "");
  return makeZip(sources, comment);
}

function contentOf(item: Exclude<SpecItem, { kind: "create_dir" }>, source: SpecSource): Uint8Array {
  switch (item.kind) {
    case "copy_file":
      return readWholeFile(sourceOfFile(item, source));
    case "write_file":
      return item.content;
    case "strip_beam":
      return strippedContent(item, source);
    case "archive":
      return makeArchive(item, source);
  }
}
