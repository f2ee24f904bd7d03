import { type ContainerInspectInfo, type Engine, isSecret, openEngine, secrets, UserError } from "@understudy/core";
import {
  type DesiredStack,
  openReach,
  type Reach,
  runningCounts,
  serviceOf,
  takeSnapshot,
} from "@understudy/environment";
import type { CheckContext, CheckResult } from "./check.ts";
import { containerEnv } from "./container-env.ts";
import { engineCheck } from "./defaults/host.ts";

/** What a round of looks goes through; it may stay open from round to round. */
export interface Look {
  readonly stack: DesiredStack;
  readonly engine: Engine;
  readonly reach: Reach;
}

/** An engine that hangs would hold a round up for ever; ms. */
const patience = 10_000;

/** Connect to where a stack runs. Close it when done. @throws UserError when the engine does not answer. */
export async function openLook(stack: DesiredStack): Promise<Look & AsyncDisposable> {
  const { environment } = stack;
  const engine = await openEngine(environment);
  try {
    const reach = await openReach(engine, environment.name);
    const close = async () => {
      await reach[Symbol.asyncDispose]();
      await engine.close();
    };
    return { stack, engine, reach, [Symbol.asyncDispose]: close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Begin a round: the stack's containers as they are now. @throws UserError when the engine does not answer. */
export async function makeContext({
  stack,
  engine,
  reach,
  now = Date.now,
  lastBeat,
}: Look & Partial<Pick<CheckContext, "now" | "lastBeat">>): Promise<CheckContext> {
  const snapshot = await withPatience(takeSnapshot(engine, stack.environment.stackName), engine);
  // Of several containers of a service the first one that runs.
  const firstLast = [...snapshot.containers.values()].reverse().sort(byRunning);
  const containers = new Map(firstLast.map((info) => [serviceOf(info), info]));
  for (const info of containers.values()) {
    secrets.add(Object.entries(containerEnv(info)).flatMap(([name, value]) => (isSecret(name, value) ? [value] : [])));
  }
  const { installation, model } = stack;
  const counts = runningCounts(stack.replicas, snapshot);
  return { engine, installation, stack, model, containers, counts, reach, now, ...(lastBeat ? { lastBeat } : {}) };
}

function byRunning(a: ContainerInspectInfo, b: ContainerInspectInfo): number {
  return Number(a.State.Running) - Number(b.State.Running);
}

/** All that can be said of a stack whose engine does not answer. */
export function engineDown(error: UserError): CheckResult {
  const seen = secrets.redact(error.message);
  const next = error.next ? { next: error.next } : {};
  return { name: engineCheck, service: "host", status: "unhealthy", seen, expected: "it answers", ms: 0, ...next };
}

async function withPatience<T>(work: Promise<T>, { host }: Engine): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new UserError(`The Docker engine at ${host} says nothing for ${patience / 1_000} s`, {
    next: "Look at its log and its machine's memory, or restart it",
  });
  const timer = setTimeout(() => reject(late), patience);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
