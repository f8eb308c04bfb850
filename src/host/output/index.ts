export { OutputBatch } from "./batch.ts";
export { isOutputGone } from "./console.ts";
export { drawError } from "./error.ts";
export { dataDocument, errorDocument } from "./json.ts";
export { drawPlain } from "./plain.ts";
export { Screen } from "./screen.ts";
