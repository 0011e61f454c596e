/** Signals by which people and systems end a program. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What ends a command that runs until a signal ends it. */
export interface Termination {
  /** Aborted by the first signal, which is the reason. */
  first: AbortSignal;
  /** Aborted by the second: whoever sends it will not wait. */
  second: AbortSignal;
  /** Leaves signals to the process again. */
  stop(): void;
}

/** Takes the signals that end this process. */
export function watchTermination(): Termination {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = (signal: NodeJS.Signals) => (first.signal.aborted ? second : first).abort(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    first: first.signal,
    second: second.signal,
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
