export { type Epmd, freePort, startEpmd } from "./epmd.ts";
export { type OtpInstallation, otpInstallations, systemOtp } from "./installations.ts";
export { type NodeOptions, type TestNode, startNode } from "./node.ts";
export { type Oracle, OracleError, type VmOptions, oracle } from "./oracle.ts";
