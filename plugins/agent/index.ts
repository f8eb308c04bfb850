import { definePlugin } from "../../src/contract/index.ts";
import { install } from "./install.ts";
import { send } from "./send.ts";
import { serve } from "./serve.ts";

export default definePlugin({
  name: "agent",
  api: 1,
  commands: { "agent install": install, "agent send": send, "agent serve": serve },
});
