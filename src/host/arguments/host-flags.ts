import type { ArgumentDefinitions } from "../../contract/index.ts";

/** The flags that every command takes. Those of paths have the names that `loadSettings` knows. */
export const HOST_FLAGS = {
  help: { type: "boolean", alias: "h", description: "Show what the command does and takes" },
  version: { type: "boolean", alias: ["v", "V"], description: "Show the version" },
  json: { type: "boolean", description: "Print one JSON document" },
  quiet: { type: "boolean", alias: "q", description: "Print errors and data only" },
  verbose: { type: "boolean", description: "Print details, and the stack of an unexpected error" },
  noPlugins: { type: "boolean", description: "Load built-in plugins alone" },
  root: { type: "string", valueHint: "DIR", description: "Look for all directories under DIR" },
  settings: { type: "string", valueHint: "FILE", description: "Read FILE in place of enit.toml" },
  definitionDir: { type: "string", valueHint: "DIR", description: "Where releases are defined" },
  hostDir: { type: "string", valueHint: "DIR", description: "Where this host configures them" },
  stateDir: { type: "string", valueHint: "DIR", description: "Where started releases keep their state" },
  pluginDir: { type: "string", valueHint: "DIR", multiple: true, description: "Look for plugins in DIR as well" },
  otpRoot: { type: "string", valueHint: "DIR", description: "The OTP installation to use" },
  libDir: { type: "string", valueHint: "DIR", multiple: true, description: "Look for applications in DIR as well" },
} as const satisfies ArgumentDefinitions;
