import { type FunctionCode, OPCODE, type Operand } from "../../beam/index.ts";
import { printTerm } from "../../term/index.ts";
import type { ModuleAnalysis } from "./module-analysis.ts";
import { BIF_FUNCTION, EXTERNAL_CALLS, LOCAL_CALLS } from "./operands.ts";

/** `executable_line` and `debug_line` besides `line`: where the code stands in the source. */
const LINES = new Set<number>([OPCODE.line, OPCODE.debug_line, 183]);

/**
 * A text that is equal for two functions, also of different modules, exactly if they have the same code: names in place of
 * numbers that depend on the rest of the module, and lines left out. The funs and comprehensions in it are part of it; what
 * a function calls is not looked into.
 */
export function fingerprint(analysis: ModuleAnalysis, code: FunctionCode): string {
  return makeText(analysis, code, new Map());
}

/** `made`: the functions that the compiler made, by their labels, with the names that they have here. */
function makeText(analysis: ModuleAnalysis, code: FunctionCode, made: Map<number, string>): string {
  const labels = new Map<number, number>();
  const place = (label: number): string => {
    if (label !== 0 && !labels.has(label)) labels.set(label, labels.size + 1);
    return `L${label === 0 ? 0 : labels.get(label)}`;
  };
  const show = (operand: Operand): string => {
    switch (operand.kind) {
      case "number":
        return String(operand.value);
      case "value":
        return printTerm(operand.term, { format: "tw" });
      case "register":
        return `${operand.file}${operand.index}`;
      case "label":
        return place(operand.label);
      case "list":
        return `[${operand.operands.map(show).join(" ")}]`;
    }
  };
  const lines = code.instructions.flatMap(({ opcode, operands }) => {
    if (LINES.has(opcode)) return [];
    const [first, second] = operands;
    if (opcode === OPCODE.label && first?.kind === "number") return `: ${place(first.value)}`;
    const shown = operands.map(show);
    if (EXTERNAL_CALLS.has(opcode) && second?.kind === "number") shown[1] = importName(analysis, second.value);
    if (LOCAL_CALLS.has(opcode) && second?.kind === "label") shown[1] = functionText(analysis, second.label, made);
    const bifAt = BIF_FUNCTION[opcode];
    if (bifAt !== undefined) shown[bifAt] = bifName(analysis, operands[bifAt]);
    if (opcode === OPCODE.make_fun3 && first?.kind === "number") {
      shown[0] = functionText(analysis, analysis.funs[first.value]?.label ?? 0, made);
    }
    return `${opcode} ${shown.join(" ")}`;
  });
  return lines.join("\n");
}

function bifName(analysis: ModuleAnalysis, operand: Operand | undefined): string {
  return operand?.kind === "number" ? importName(analysis, operand.value) : "?";
}

function importName(analysis: ModuleAnalysis, index: number): string {
  const { module, name, arity } = analysis.imports[index] ?? { module: "?", name: "?", arity: 0 };
  return `${module}:${name}/${arity}`;
}

/** The name of a function; of one that the compiler made (`-f/1-fun-0-`), whose name depends on others, its code. */
function functionText(analysis: ModuleAnalysis, label: number, made: Map<number, string>): string {
  const known = made.get(label);
  if (known !== undefined) return known;
  const code = analysis.functionAt(label);
  if (code === undefined) return "?";
  if (!code.name.startsWith("-")) return `${code.name}/${code.arity}`;
  made.set(label, `made ${made.size}`);
  return `{${makeText(analysis, code, made)}}`;
}
