import { definePlugin } from "../../src/contract/index.ts";
import { copy } from "./copy.ts";
import { create } from "./create.ts";
import { mkdir } from "./mkdir.ts";
import { replace } from "./replace.ts";
import { template, templateWildcard } from "./template.ts";

/** The overlay operations of rebar and of the original knit. */
export default definePlugin({
  name: "overlay",
  api: 1,
  overlays: { mkdir, copy, template, template_wildcard: templateWildcard, create, replace },
});
