import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readZip } from "../../../src/otp/zip/index.ts";

/**
 * Says all of a tree in lines: path, permissions, and a digest of the content; of compressed BEAM files, that of what was
 * compressed; of archives, the entries.
 */
export function treeLines(root: string, path = ""): string[] {
  const lines: string[] = [];
  for (const name of readdirSync(join(root, path)).sort()) {
    const own = path === "" ? name : `${path}/${name}`;
    const stats = statSync(join(root, own));
    const head = `${own} ${(stats.mode & 0o7777).toString(8)}`;
    if (stats.isDirectory()) {
      lines.push(head, ...treeLines(root, own));
    } else {
      const bytes = readFileSync(join(root, own));
      if (name.endsWith(".ez")) lines.push(head, ...archiveLines(own, bytes));
      else lines.push(`${head} ${digest(bytes)}`);
    }
  }
  return lines;
}

function archiveLines(path: string, bytes: Uint8Array): string[] {
  const entries = readZip(bytes).map(({ name, content }) => `${path}!${name} ${digest(content())}`);
  return [...centralFacts(path, bytes), ...entries].sort();
}

/** Of each entry: name, version, flags, method and attributes as they stand in the directory of the archive; and the comment. */
function centralFacts(path: string, bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.lastIndexOf(Buffer.from("PK\u0005\u0006"));
  const lines = [`${path}! ${buffer.readUInt16LE(end + 10)} entries, comment ${buffer.subarray(end + 22).toString()}`];
  for (let at = buffer.readUInt32LE(end + 16); at < end;) {
    const length = buffer.readUInt16LE(at + 28);
    const name = buffer.subarray(at + 46, at + 46 + length).toString();
    const facts = [
      buffer.readUInt16LE(at + 4),
      buffer.readUInt16LE(at + 6),
      buffer.readUInt16LE(at + 8),
      buffer.readUInt16LE(at + 10),
    ];
    lines.push(`${path}!${name}: ${facts.join(" ")} ${buffer.readUInt32LE(at + 38)}`);
    at += 46 + length + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return lines;
}

function digest(bytes: Uint8Array): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return `${plain === bytes ? "" : "gzip:"}${plain.length}:${Bun.hash(plain).toString(16)}`;
}
