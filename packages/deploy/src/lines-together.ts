import { type ContainerInspectInfo, containerLines, type Engine, type LogWindow } from "@understudy/core";

/** A line that one of several containers printed. */
export interface PrintedLine {
  readonly info: ContainerInspectInfo;
  readonly line: string;
}

/** Yield what containers printed, secrets redacted: by time, and with `follow` as it comes, until all of them have ended. */
export async function* linesTogether(
  engine: Engine,
  containers: readonly ContainerInspectInfo[],
  { follow, tail }: Pick<LogWindow, "follow" | "tail">,
): AsyncGenerator<PrintedLine> {
  if (!follow && containers.length > 1) return yield* byTime(engine, containers, tail);
  const stop = new AbortController();
  const sources = containers.map((info) => linesOf(engine, info, { follow, tail, signal: stop.signal }));
  try {
    yield* asTheyCome(sources);
  } finally {
    stop.abort();
  }
}

/** Yield what several give, each as it comes, until all have ended. */
export async function* asTheyCome<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const next = (source: AsyncGenerator<T>) => {
    const step = source.next().then((result) => ({ source, result }));
    // Who waits for it hears of a failure; nobody does once another one has failed.
    step.catch(() => {});
    return step;
  };
  const steps = new Map(sources.map((source) => [source, next(source)]));
  while (steps.size > 0) {
    const { source, result } = await Promise.race(steps.values());
    if (result.done) steps.delete(source);
    else {
      // Behind the others, or one that always has something would be the only one heard.
      steps.delete(source);
      steps.set(source, next(source));
      yield result.value;
    }
  }
}

async function* byTime(engine: Engine, containers: readonly ContainerInspectInfo[], tail: number) {
  const window = { follow: false, tail, timestamps: true };
  const all = await Promise.all(containers.map((info) => Array.fromAsync(linesOf(engine, info, window))));
  // The engine's times are all equally long.
  const sorted = all.flat().sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  for (const { info, line } of sorted) yield { info, line: line.slice(line.indexOf(" ") + 1) };
}

function timeOf({ line }: PrintedLine): string {
  return line.slice(0, line.indexOf(" "));
}

async function* linesOf(engine: Engine, info: ContainerInspectInfo, window: LogWindow): AsyncGenerator<PrintedLine> {
  for await (const line of containerLines(engine, info, window)) yield { info, line };
}
