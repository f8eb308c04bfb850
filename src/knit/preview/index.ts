export { previewAppups } from "./preview-appups.ts";
export type { AppupPreview, PreviewRequest, PreviewedAppup } from "./preview-appups.ts";
