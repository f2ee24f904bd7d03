import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../health/lateness.ts";
import type { Answers, Load, LoadOrder } from "./load.ts";

type Service = LoadOrder["asked"][number];

// Sends each request when it is due, whether or not earlier ones were answered; nothing is asked twice. A process of its
// own, so that nothing else keeps it from sending. The first message says what to send, the next one ends it.

/** After which time a request without an answer has failed, ms. */
const patience = 120_000;

const [{ id, asked }] = (await once(process, "message")) as [LoadOrder];
const stopped = new AbortController();
process.once("message", () => stopped.abort());
process.once("disconnect", () => process.exit());
process.send?.("begun");
let lateness = 0;
const answers = await Promise.all(asked.map(ask));
process.send?.({ id, answers, lateness } satisfies Load);

async function ask(service: Service): Promise<Answers> {
  // Half of all callers keep their connection; an idle one is given up before the edge would close it.
  const agents = [new Agent({ keepAlive: true, timeout: 20_000 }), new Agent({ keepAlive: false })];
  const took: number[] = [];
  const failed: Record<string, number> = {};
  const acknowledged: string[] = [];
  const one = async (number: number, due: number) => {
    lateness = Math.max(lateness, performance.now() - due);
    const write = isWrite(service, number) ? `${id}-${number}` : undefined;
    const failure = await send(service, agents[Math.floor(Math.random() * 2)], write);
    if (failure) failed[failure] = (failed[failure] ?? 0) + 1;
    else if (write) acknowledged.push(write);
    took.push(performance.now() - due);
  };
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (; !stopped.signal.aborted; ) {
    const due = began + (all.length * 1_000) / service.all;
    await sleep(Math.max(0, due - performance.now()));
    all.push(one(all.length, due));
  }
  await Promise.all(all);
  for (const agent of agents) agent.destroy();
  took.sort((a, b) => a - b);
  const [p50, p99, longest] = [0.5, 0.99, 1].map((share) => quantile(took, share)) as [number, number, number];
  return { service: service.service, sent: took.length, failed, p50, p99, longest, acknowledged };
}

/** Spread evenly among the reads. */
function isWrite({ all, writes }: Service, number: number): boolean {
  return Math.floor(((number + 1) * writes) / all) > Math.floor((number * writes) / all);
}

/** @returns what went wrong; undefined when it was answered with 200, and a write with what was written */
async function send({ url, read, write }: Service, agent: Agent | undefined, id?: string): Promise<string | undefined> {
  const body = id && JSON.stringify(write.body).replace("<id>", id);
  const headers = id ? { "content-type": "application/json", ...write.headers } : {};
  const path = id ? write.path : read;
  const signal = AbortSignal.timeout(patience);
  try {
    const call = request(`${url}${path}`, { method: id ? "POST" : "GET", agent, headers, signal }).end(body);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    const answer = await text(response);
    return response.statusCode === 200
      ? undefined
      : `HTTP ${response.statusCode} ${answer.replace(/\s+/g, " ").slice(0, 30)}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
