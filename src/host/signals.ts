const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type SignalName = keyof typeof NUMBERS;

/** The signals that ask a command to end, as one AbortSignal. */
export interface SignalWatch {
  readonly signal: AbortSignal;
  /** Ends the command as a signal does. */
  readonly abort: (reason: Error) => void;
  /** The exit code that tells of the signal that came, by the shell's rule; `undefined` while none has. */
  readonly exitCode: () => number | undefined;
}

/** Watches for Ctrl-C, SIGTERM and a terminal that goes away. The first aborts; another one exits at once. */
export function watchSignals(exit: (code: number) => never): SignalWatch {
  const controller = new AbortController();
  let received: SignalName | undefined;
  for (const name of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (received !== undefined) exit(128 + NUMBERS[name]);
      received = name;
      controller.abort(new DOMException(`interrupted by ${name}`, "AbortError"));
    });
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    exitCode: () => (received === undefined ? undefined : 128 + NUMBERS[received]),
  };
}
