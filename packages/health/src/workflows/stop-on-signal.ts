const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Stopping extends Disposable {
  /** Aborts when a person or the system wants this process to end; the second time it ends at once. */
  readonly signal: AbortSignal;
}

/** Give what is under way the time to clean up when this process is asked to end. */
export function stopOnSignal(): Stopping {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of signals) process.once(signal, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
