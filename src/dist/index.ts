export { connectNode } from "./connect.ts";
export type { ConnectOptions } from "./connect.ts";
export { NodeConnection } from "./connection.ts";
export type { CallOptions, MessageListener } from "./connection.ts";
export { listNodes, lookupNode } from "./epmd.ts";
export type { EpmdOptions } from "./epmd.ts";
export type { NodeRegistration } from "./epmd-codec.ts";
export type { TlsCredentials } from "./tls.ts";
export type { Endpoint, OpenTransport, Transport, TransportEvents } from "./transport.ts";
