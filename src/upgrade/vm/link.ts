import type { NodeConnection } from "../../dist/index.ts";

/** The VM that is upgraded, and the way to it: a connection may be lost on the way, and be made anew. */
export interface UpgradeVm {
  readonly release: string;
  /** `name@host` */
  readonly node: string;
  readonly pid: number;
  /** Connects to it. Throws what `connectNode` throws. */
  readonly connect: (options: ConnectLimits) => Promise<NodeConnection>;
  /** Whether its process, that very one, still runs. */
  readonly isAlive: () => boolean;
}

export interface ConnectLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}
