import { atom, isAtom, isTuple, list, listElements, parseTerm, string, type Term, tuple } from "../term/index.ts";
import type { Agent } from "./agent.ts";

/** The `.app` of the agent, with the command as its parameter `command`. */
export function agentApplication(agent: Agent, command: readonly string[]): Term {
  const file = agent.files.find(({ name }) => name === "enit.app");
  const app = parseTerm(new TextDecoder().decode(file?.content), { file: "enit.app" });
  const [tag, name, properties] = isTuple(app, 3) ? app.elements : [];
  if (tag === undefined || name === undefined) throw new Error("enit.app is no application");
  const parameter = tuple(atom("command"), list(command.map((word) => string(word))));
  const withCommand = (listElements(properties) ?? []).map((property) => {
    const [key, value] = isTuple(property, 2) ? property.elements : [];
    return isAtom(key, "env") ? tuple(atom("env"), list([...(listElements(value) ?? []), parameter])) : property;
  });
  return tuple(tag, name, list(withCommand));
}
