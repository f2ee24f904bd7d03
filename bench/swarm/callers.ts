import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** So many callers of one address, each with its next request once it has its answer. */
export interface Calls {
  readonly url: string;
  readonly callers: number;
  readonly seconds: number;
}

/** What they saw. */
export interface Seen {
  /** Answers with 200, each second. */
  readonly perSecond: number;
  /** Of those, ms. */
  readonly median: number;
  readonly p99: number;
  readonly failed: number;
  /** Hosts that answered. */
  readonly hosts: number;
}

/** Call from a process of its own, so that nothing else keeps it from calling. */
export async function call(calls: Calls): Promise<Seen> {
  const child = fork(join(import.meta.dirname, "callers-process.ts"));
  child.send(calls);
  const [seen] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the process of the callers ended with ${code}`);
    }),
  ])) as [Seen];
  return seen;
}
