import type { AgentService } from "../../contract/index.ts";
import { installAgent, releaseCommand, sendAgent } from "../../vm/index.ts";
import { connect } from "./releases/connect.ts";

/** Makes the service that brings the Erlang application `enit` to nodes which enit does not start. */
export function makeAgentService(): AgentService {
  return {
    install: async (directory, command) => {
      const { agent, ebin } = await installAgent(directory, command);
      return { version: agent.version, otp: agent.otpRelease, ebin };
    },
    send: async (release, options = {}) => {
      await using node = await connect(release, options);
      const { version } = await sendAgent(node, {
        command: releaseCommand(release),
        signal: options.signal,
      });
      return { node: node.node, version };
    },
  };
}
