import { MAX_ATOM_LENGTH, MAX_INTEGER_BYTES, MAX_TERM_DEPTH, tooDeep } from "../limits.ts";
import { atom, binary, bitstring, exportFun, float, integer, list, map, string } from "../make.ts";
import { hasDuplicateKey } from "../order.ts";
import type { ExportTerm, FunTerm, PidTerm, PortTerm, ReferenceTerm, Term } from "../term.ts";
import { arrayField, bytesField, isArray, jsonError, naturalField, objectField, textField } from "./fields.ts";
import type { Path } from "./fields.ts";
import type { JsonObject, JsonValue } from "./value.ts";

const MAX_ARITY = 255;
const MAX_REFERENCE_WORDS = 5;
const FUN_UNIQ_LENGTHS: ReadonlySet<number> = new Set([0, 16]);
const EXPORT_KEYS = ["module", "function", "arity"];
const FUN_KEYS = ["module", "arity", "index", "uniq", "oldIndex", "oldUniq", "pid", "free"];

/**
 * Makes a term of the JSON form that `termToJson` describes.
 *
 * A number without a fraction is an integer, however it was written (`1.0` too): JSON does not part the two. Throws
 * `term_json` (data: `path`, a JSON pointer) for anything else than that form, `term_limit` for what is nested deeper than
 * 2,000 levels.
 */
export function jsonToTerm(json: JsonValue): Term {
  return toTerm(json, undefined, MAX_TERM_DEPTH);
}

function toTerm(json: JsonValue, path: Path | undefined, levels: number): Term {
  if (levels <= 0) throw tooDeep("read");
  if (json === null || typeof json === "boolean") return atom(String(json));
  if (typeof json === "number") return numberToTerm(json, path);
  if (typeof json === "string") {
    if (!json.isWellFormed()) throw jsonError(path, "the string holds half of a surrogate pair");
    return string(json);
  }
  if (isArray(json)) return list(allToTerms(json, path, levels - 1));
  return objectToTerm(json, path, levels - 1);
}

function allToTerms(values: readonly JsonValue[], path: Path | undefined, levels: number): Term[] {
  return values.map((value, key) => toTerm(value, { parent: path, key }, levels));
}

function numberToTerm(value: number, path: Path | undefined): Term {
  if (Number.isSafeInteger(value)) return integer(value);
  if (Number.isInteger(value)) {
    throw jsonError(path, 'the integer has lost digits as a number: write {"integer": "..."}, or {"float": ...}');
  }
  if (!Number.isFinite(value)) throw jsonError(path, "the number is too large for a float");
  return float(value);
}

/** The keys of an object tell what it is. */
function objectToTerm(object: JsonObject, path: Path | undefined, levels: number): Term {
  const field = (key: string): Path => ({ parent: path, key });
  switch (Object.keys(object).toSorted().join(",")) {
    case "atom":
      return atom(atomName(object, "atom", path));
    case "integer":
      return integer(digitsField(object, "integer", path));
    case "float":
      return floatToTerm(object, path);
    case "binary":
      return binary(textField(object, "binary", path));
    case "base64":
      return binary(bytesField(object, "base64", path));
    case "base64,lastBits":
      return bitstringToTerm(object, path);
    case "tuple":
      return { kind: "tuple", elements: allToTerms(arrayField(object, "tuple", path), field("tuple"), levels) };
    case "list,tail":
      return improperToTerm(object, path, levels);
    case "map":
      return mapToTerm(arrayField(object, "map", path), field("map"), levels);
    case "pid":
      return pidToTerm(object, path);
    case "port":
      return portToTerm(objectField(object, "port", path, ["node", "id", "creation"]), field("port"));
    case "reference":
      return referenceToTerm(objectField(object, "reference", path, ["node", "words", "creation"]), field("reference"));
    case "fun":
      return funToTerm(object, path, levels);
    default:
      throw jsonError(
        path,
        'an object is a tagged term, {"atom": ...}, {"tuple": [...]}, {"map": [[KEY, VALUE], ...]} and so on',
      );
  }
}

function atomName(object: JsonObject, key: string, path: Path | undefined): string {
  const name = textField(object, key, path);
  if (Array.from(name).length <= MAX_ATOM_LENGTH) return name;
  throw jsonError({ parent: path, key }, `an atom has at most ${MAX_ATOM_LENGTH} characters`);
}

function digitsField(object: JsonObject, key: string, path: Path | undefined): bigint {
  const text = textField(object, key, path);
  if (!/^-?[0-9]+$/.test(text)) throw jsonError({ parent: path, key }, "expected the digits of an integer");
  if (text.length * Math.log2(10) > MAX_INTEGER_BYTES * 8) {
    throw jsonError({ parent: path, key }, `the integer takes more than ${MAX_INTEGER_BYTES} bytes`);
  }
  return BigInt(text);
}

function floatToTerm(object: JsonObject, path: Path | undefined): Term {
  const value = object["float"] ?? null;
  if (value === "-0.0") return float(-0);
  if (typeof value === "number" && Number.isFinite(value)) return float(value === 0 ? 0 : value);
  throw jsonError({ parent: path, key: "float" }, 'expected a number, or "-0.0"');
}

function bitstringToTerm(object: JsonObject, path: Path | undefined): Term {
  const bytes = bytesField(object, "base64", path);
  const lastBits = naturalField(object, "lastBits", path, 8);
  if (lastBits === 0 || (bytes.length === 0 && lastBits < 8)) {
    throw jsonError(
      { parent: path, key: "lastBits" },
      `the last of ${bytes.length} bytes cannot have ${lastBits} bits`,
    );
  }
  return bitstring(bytes, lastBits);
}

function improperToTerm(object: JsonObject, path: Path | undefined, levels: number): Term {
  const elements = allToTerms(arrayField(object, "list", path), { parent: path, key: "list" }, levels);
  if (elements.length === 0)
    throw jsonError({ parent: path, key: "list" }, "a list with a tail has an element before it");
  return list(elements, toTerm(object["tail"] ?? null, { parent: path, key: "tail" }, levels));
}

function mapToTerm(pairs: readonly JsonValue[], path: Path, levels: number): Term {
  const entries = pairs.map((pair, key): [Term, Term] => {
    const at = { parent: path, key };
    if (!isArray(pair) || pair.length !== 2) throw jsonError(at, "expected an array of a key and a value");
    const [first = null, second = null] = pair;
    return [toTerm(first, { parent: at, key: 0 }, levels), toTerm(second, { parent: at, key: 1 }, levels)];
  });
  if (hasDuplicateKey(entries)) throw jsonError(path, "a key stands twice in the map");
  return map(entries);
}

function pidToTerm(object: JsonObject, path: Path | undefined): PidTerm {
  const fields = objectField(object, "pid", path, ["node", "id", "serial", "creation"]);
  const at = { parent: path, key: "pid" };
  return {
    kind: "pid",
    node: atomName(fields, "node", at),
    id: naturalField(fields, "id", at),
    serial: naturalField(fields, "serial", at),
    creation: naturalField(fields, "creation", at),
  };
}

function portToTerm(fields: JsonObject, path: Path): PortTerm {
  return {
    kind: "port",
    node: atomName(fields, "node", path),
    id: portId(fields, path),
    creation: naturalField(fields, "creation", path),
  };
}

function portId(fields: JsonObject, path: Path): bigint {
  const value = fields["id"] ?? null;
  if (typeof value === "number") return BigInt(naturalField(fields, "id", path, Number.MAX_SAFE_INTEGER));
  const id = digitsField(objectField(fields, "id", path, ["integer"]), "integer", { parent: path, key: "id" });
  if (id !== BigInt.asUintN(64, id)) throw jsonError({ parent: path, key: "id" }, "expected an integer of 64 bits");
  return id;
}

function referenceToTerm(fields: JsonObject, path: Path): ReferenceTerm {
  const words = arrayField(fields, "words", path).map((word) =>
    naturalField({ word }, "word", { parent: path, key: "words" }),
  );
  if (words.length === 0 || words.length > MAX_REFERENCE_WORDS) {
    throw jsonError({ parent: path, key: "words" }, `expected 1 to ${MAX_REFERENCE_WORDS} words`);
  }
  const node = atomName(fields, "node", path);
  return { kind: "reference", node, words, creation: naturalField(fields, "creation", path) };
}

function funToTerm(object: JsonObject, path: Path | undefined, levels: number): ExportTerm | FunTerm {
  const at = { parent: path, key: "fun" };
  const value = object["fun"] ?? null;
  if (typeof value === "object" && value !== null && "function" in value) {
    const fields = objectField(object, "fun", path, EXPORT_KEYS);
    const arity = naturalField(fields, "arity", at, MAX_ARITY);
    return exportFun(atomName(fields, "module", at), atomName(fields, "function", at), arity);
  }
  const fields = objectField(object, "fun", path, FUN_KEYS);
  const uniq = bytesField(fields, "uniq", at);
  if (!FUN_UNIQ_LENGTHS.has(uniq.length)) throw jsonError({ parent: at, key: "uniq" }, "expected 16 bytes");
  return {
    kind: "fun",
    module: atomName(fields, "module", at),
    arity: naturalField(fields, "arity", at, MAX_ARITY),
    index: naturalField(fields, "index", at),
    uniq,
    oldIndex: naturalField(fields, "oldIndex", at),
    oldUniq: naturalField(fields, "oldUniq", at),
    pid: pidToTerm(fields, at),
    free: allToTerms(arrayField(fields, "free", at), { parent: at, key: "free" }, levels),
  };
}
