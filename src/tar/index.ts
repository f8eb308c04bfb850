export { readTarball } from "./read-tarball.ts";
export type { TarChoice, TarHandler, TarMember } from "./tar-parser.ts";
