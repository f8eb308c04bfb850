export { type OlderTarball, findOlder } from "./find-older.ts";
export {
  type KnownUnit,
  type OlderLibrary,
  type OlderRelease,
  type ReleaseId,
  readOlderRelease,
} from "./older-release.ts";
export { versionOrder } from "./version-order.ts";
