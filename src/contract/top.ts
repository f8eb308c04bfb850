/** What the processes of a sample are ordered by, the greatest first. */
export type TopOrder = "reductions" | "memory" | "queue";

/** How a sample is to be taken. */
export interface SampleRequest {
  readonly order: TopOrder;
  /** How many processes it names. */
  readonly limit: number;
  /** Milliseconds from the beginning of the last sample to that of this one, at the least. */
  readonly interval: number;
  /** The share of one scheduler that sampling may take, in percent. */
  readonly budget: number;
  /** Begin with the first process again, where the last sample was cut. */
  readonly again?: boolean;
}

/** Takes samples in a running node. At its end nothing of it is left there, nor if this process is killed. */
export interface NodeSampler extends AsyncDisposable {
  /** The whole name of the node. */
  readonly node: string;
  /**
   * Asks for a sample, and gives it when the time for it has come. Asked for another one before, the sampler takes that one
   * alone, which both calls get. Throws `connection_closed`.
   */
  sample(request: SampleRequest): Promise<TopSample>;
}

/** What a node is busy with. Rates are per second, since the sample before; `null` where there is none. */
export interface TopSample {
  /** Milliseconds since 1970, by the node's clock. */
  readonly time: number;
  readonly node: string;
  readonly otp: string;
  readonly uptimeSeconds: number;
  readonly schedulers: number;
  /** The share of their time, 0 to 1, in which the schedulers were at work. */
  readonly utilization: number | null;
  /** Processes and ports that wait for a scheduler. */
  readonly runQueue: number;
  /** Those that wait for a dirty one. */
  readonly dirtyRunQueue: number;
  /** In bytes, as `erlang:memory/0`. */
  readonly memory: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<TopCount, { readonly count: number; readonly limit: number | null }>>;
  readonly rates: Readonly<Record<TopRate, number | null>>;
  readonly processes: readonly TopProcess[];
  /** Those that run, by name. */
  readonly applications: readonly TopApplication[];
  readonly sampling: {
    /** How long it took, in milliseconds. */
    readonly milliseconds: number;
    /** How many processes were looked at. */
    readonly seen: number;
    /** The time was up before all were: the processes that are named may not be the first of all. */
    readonly cut: boolean;
  };
}

export type TopCount = "processes" | "ports" | "atoms" | "etsTables";

/** `input` and `output` are bytes of ports. */
export type TopRate = "reductions" | "garbageCollections" | "contextSwitches" | "input" | "output";

export interface TopProcess {
  /** As the node prints it: `<0.85.0>`. */
  readonly pid: string;
  readonly name: string | null;
  /** What it calls itself, from OTP 27 on. */
  readonly label: string | null;
  /** `module:function/arity`, behind proc_lib where that started it. */
  readonly initialCall: string;
  readonly currentFunction: string | null;
  readonly status: string;
  readonly application: string | null;
  /** All that it has done. */
  readonly reductions: number;
  readonly reductionRate: number | null;
  readonly memory: number;
  readonly queue: number;
}

/** An application with what its processes have together. */
export interface TopApplication {
  readonly name: string;
  readonly version: string;
  readonly processes: number;
  readonly reductionRate: number;
  /** `null` while that of some of its processes is not known. */
  readonly memory: number | null;
  readonly queue: number;
}
