export { type RegExpOptions, translateRegExp } from "./translate.ts";
