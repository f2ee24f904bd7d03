import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export interface Load {
  readonly sent: number;
  /** What was answered, or went wrong, instead of 200. */
  readonly failed: readonly string[];
  /** ms. */
  readonly longest: number;
  /** What the service said that it had written. */
  readonly acknowledged: readonly string[];
  /** Which versions answered. */
  readonly versions: ReadonlySet<string>;
}

/** Requests a second. */
const rate = 50;

/**
 * Ask a service at a steady rate, whether or not it has answered by then, until told to stop; nothing is asked twice.
 * Reads and writes in turn, each over kept and over new connections.
 */
export function startLoad(url: URL): { stop(): Promise<Load> } {
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })];
  const stopped = new AbortController();
  const load = {
    sent: 0,
    failed: [] as string[],
    longest: 0,
    acknowledged: [] as string[],
    versions: new Set<string>(),
  };
  const run = randomUUID();
  const one = async (number: number) => {
    const began = performance.now();
    const write = number % 2 === 0 ? `${run} ${number}` : undefined;
    try {
      const answer = await ask(url, { agent: agents[(number >> 1) % 2], write });
      load.versions.add(answer.version);
      if (answer.status !== 200) load.failed.push(`${number}: HTTP ${answer.status}`);
      else if (write) load.acknowledged.push(write);
    } catch (error) {
      load.failed.push(`${number}: ${(error as NodeJS.ErrnoException).code ?? error}`);
    }
    load.longest = Math.max(load.longest, Math.round(performance.now() - began));
  };
  const all = (async () => {
    const began = performance.now();
    const asked: Promise<void>[] = [];
    for (let number = 0; !stopped.signal.aborted; number++) {
      asked.push(one(number));
      await sleep(Math.max(0, began + ((number + 1) * 1_000) / rate - performance.now()));
    }
    await Promise.all(asked);
    for (const agent of agents) agent.destroy();
    return { ...load, sent: asked.length };
  })();
  return {
    stop: () => {
      stopped.abort();
      return all;
    },
  };
}

export interface Asked {
  readonly agent?: Agent | undefined;
  /** Something to write; without it, a read. */
  readonly write?: string | undefined;
}

/** One request. @returns what the service answers: its version. */
export async function ask(url: URL, { agent, write }: Asked = {}): Promise<{ status: number; version: string }> {
  const call = request(url, { agent, method: write ? "POST" : "GET" }).end(write);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, version: await text(response) };
}
