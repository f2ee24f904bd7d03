import { fork } from "node:child_process";
import { once } from "node:events";
import type { Asked, ServiceName } from "./services.ts";

/** Requests a second. */
export interface Rate {
  readonly all: number;
  /** How many of them are writes. */
  readonly writes: number;
}

export type Rates = Readonly<Record<ServiceName, Rate>>;

/** What a load saw of one service. Times are ms. */
export interface Answers {
  readonly service: ServiceName;
  readonly sent: number;
  /** How often something else than 200 came back, by what it was. */
  readonly failed: Readonly<Record<string, number>>;
  /** From when a request was due until its answer was whole; of those that failed, too. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** The ids of the writes that were answered with 200 and what was written. */
  readonly acknowledged: readonly string[];
}

export interface Load {
  /** Begins the ids of all its writes. */
  readonly id: string;
  readonly answers: readonly Answers[];
  /** How late it sent a request at most, ms: the machine kept it from running. */
  readonly lateness: number;
}

export interface LoadOrder {
  readonly id: string;
  readonly asked: readonly (Asked & Rate)[];
}

let loads = 0;

/** Ask every service at its own steady rate, from another process, until told to stop. */
export async function startLoad(asked: readonly Asked[], rates: Rates): Promise<{ stop(): Promise<Load> }> {
  const sender = fork(new URL("load-sender.ts", import.meta.url), { stdio: "inherit" });
  const id = `bench-${Date.now()}-${++loads}`;
  sender.send({ id, asked: asked.map((one) => ({ ...one, ...rates[one.service] })) } satisfies LoadOrder);
  await once(sender, "message");
  return {
    async stop() {
      sender.send("stop");
      const [load] = await once(sender, "message");
      sender.disconnect();
      return load;
    },
  };
}
