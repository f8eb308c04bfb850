export { type ZipEntry, readZip } from "./read.ts";
export { type ZipSource, makeZip } from "./write.ts";
