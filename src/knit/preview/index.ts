export { type CodeSource, openSource } from "./open-source.ts";
export { previewAppups } from "./preview-appups.ts";
export type { AppupPreview, PreviewRequest, PreviewedAppup } from "./preview-appups.ts";
