export { decodeTerm, decodeTermAt } from "./etf/decode.ts";
export type { DecodeOptions } from "./etf/decode.ts";
export { encodeTerm } from "./etf/encode.ts";
export type { EncodeOptions } from "./etf/encode.ts";
export {
  atomName,
  booleanValue,
  integerValue,
  isAtom,
  isBinary,
  isFloat,
  isInteger,
  isList,
  isMap,
  isNil,
  isPid,
  isReference,
  isTagged,
  isTuple,
  listElements,
  mapValue,
  propertyOf,
  stringValue,
  textValue,
} from "./inspect.ts";
export { jsonToTerm } from "./json/from-json.ts";
export { termToJson } from "./json/to-json.ts";
export type { JsonValue } from "./json/value.ts";
export { MAX_TERM_DEPTH } from "./limits.ts";
export { atom, binary, bitstring, exportFun, float, integer, list, map, nil, string, tuple } from "./make.ts";
export { compareTerms, compareText, equalTerms, sortNames } from "./order.ts";
export type { PrintOptions } from "./print/options.ts";
export { printTerm } from "./print/print.ts";
export { TermPrinter } from "./print/printer.ts";
export type {
  AtomTerm,
  BitstringTerm,
  ExportTerm,
  FloatTerm,
  FunTerm,
  IntegerTerm,
  ListTerm,
  MapTerm,
  PidTerm,
  PortTerm,
  ReferenceTerm,
  Term,
  TupleTerm,
} from "./term.ts";
export { decodeTermText } from "./text/encoding.ts";
export { parseTerm, parseTerms } from "./text/parse.ts";
export type { ParsedTerms, ParseOptions } from "./text/parse.ts";
