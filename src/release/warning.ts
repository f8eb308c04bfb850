import type { SourcePosition } from "../error/index.ts";
import type { ConfigOrigin } from "./config-model.ts";

/** Something in a file that is probably a mistake and disturbs nothing else. */
export interface Warning {
  /** A stable snake_case word. */
  readonly code: string;
  /** A sentence without a full stop, with the place at its beginning if there is one. */
  readonly message: string;
  readonly hint?: string;
  readonly position?: SourcePosition;
}

/** `FILE:LINE:COLUMN`, as editors and terminals understand it; what is not known is left out. */
export function formatPlace(position: SourcePosition): string {
  return `${position.file ?? ""}:${position.line}:${position.column}`;
}

/** The place in a file, or the plugin. */
export function formatOrigin(origin: ConfigOrigin): string {
  return "plugin" in origin ? `plugin ${origin.plugin}` : formatPlace(origin);
}
