import { countInWords, type Engine, type Environment } from "@understudy/core";
import { takeSnapshot, toolboxOn } from "@understudy/environment";
import type { Answers, Edge } from "../edge/edge.ts";
import { edgeService } from "../edge/limits.ts";
import { openEdge } from "../edge/open-edge.ts";

/** Fewer requests say nothing. */
const enough = 20;

/** Watches how many requests fail at the edge of an environment, from now on. */
export class EdgeErrors implements AsyncDisposable {
  readonly #edge: Edge | undefined;
  #before: Answers = { requests: 0, failed: 0 };

  private constructor(edge: Edge | undefined) {
    this.#edge = edge;
  }

  /** Where no edge runs, or one that cannot be asked, there is nothing to see. */
  static async watch(engine: Engine, { stackName }: Environment): Promise<EdgeErrors> {
    const snapshot = await takeSnapshot(engine, stackName);
    const options = { service: edgeService, toolbox: await toolboxOn(engine) };
    // Whoever replaced its services has said why.
    const errors = new EdgeErrors(await openEdge(engine, snapshot, options, () => {}));
    if (errors.#edge) errors.#before = await errors.#edge.answers();
    return errors;
  }

  /** @returns what is wrong when more than so many percent of the requests failed */
  async problem(percent: number): Promise<string | undefined> {
    const now = await this.#edge?.answers();
    return now && errorProblem(this.#before, now, percent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge?.[Symbol.asyncDispose]();
  }
}

/** Pure. An edge that was started anew counts from 0. */
export function errorProblem(before: Answers, now: Answers, percent: number): string | undefined {
  const base = now.requests < before.requests ? { requests: 0, failed: 0 } : before;
  const [requests, failed] = [now.requests - base.requests, now.failed - base.failed];
  if (requests < enough || failed * 100 <= percent * requests) return undefined;
  return `${countInWords(failed)} of ${countInWords(requests)} requests failed at the edge, more than ${percent} % (promote.errorPercent)`;
}
