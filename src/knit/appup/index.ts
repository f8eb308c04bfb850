export { makeApplicationAppup } from "./application-appup.ts";
export type {
  AppupWay,
  ApplicationAppup,
  ApplicationAppupRequest,
  Instructions,
  OlderApplication,
  WrittenWays,
} from "./application-appup.ts";
export { type SupervisorVersions, diffChildren, isToldOtherwise, pairSupervisors } from "./child-differences.ts";
export type { ChildFacts } from "./children.ts";
export { Behaviours, type OtpBehaviour } from "./behaviours.ts";
export { instructionText } from "./instructions.ts";
export { makeAppup } from "./make-appup.ts";
export type { AppupRequest, MadeAppup } from "./make-appup.ts";
export type { AppupStep } from "./step.ts";
export { APPUP_WARNINGS, type AppupWarning } from "./warning.ts";
export { Supervisors } from "./supervisors.ts";
