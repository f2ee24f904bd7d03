import { type Engine, UserError } from "@understudy/core";
import { type Snapshot, serviceOf } from "@understudy/environment";
import { Edge } from "./edge.ts";

/**
 * The edge of a stack, all of it that runs.
 * @param service whose containers it is
 * @param toolbox a toolbox image that is on the host
 * @param without hears why an edge that runs cannot be told anything, such as one of a release that had no such means
 * @returns undefined where none runs, or it does not answer
 */
export async function openEdge(
  engine: Engine,
  { containers }: Pick<Snapshot, "containers">,
  { service, toolbox }: { readonly service: string; readonly toolbox: string },
  without: (why: string) => void,
): Promise<Edge | undefined> {
  const running = [...containers].filter(([, info]) => info.State.Running && serviceOf(info) === service);
  if (running.length === 0) return undefined;
  try {
    return await Edge.open(
      engine,
      running.map(([name]) => name),
      toolbox,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    without(error.message);
    return undefined;
  }
}
