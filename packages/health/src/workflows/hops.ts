import { type Execution, nodeRuns } from "@understudy/n8n";

/**
 * ms between points of a test, all by the clock of the host: the call, then those named, and in total. A point is `n8n`
 * (the execution's start), `callback` (a call reached the catcher), or a node (its end). One that was not reached is left out.
 */
export function hopsOf(
  points: readonly string[],
  called: number,
  execution: Execution,
  callback: number | undefined,
): Record<string, number> | undefined {
  if (points.length === 0) return undefined;
  const runs = nodeRuns(execution);
  const timeOf = (point: string): number | undefined => {
    if (point === "n8n") return execution.startedAt ? Date.parse(execution.startedAt) : undefined;
    if (point === "callback") return callback;
    const run = runs.findLast(({ node }) => node === point);
    return run && run.startTime + run.executionTime;
  };
  const reached = points.flatMap((point) => {
    const at = timeOf(point);
    return at === undefined ? [] : [{ point, at }];
  });
  const hops: Record<string, number> = {};
  let from = { point: "call", at: called };
  for (const to of reached) {
    hops[`${from.point} → ${to.point}`] = to.at - from.at;
    from = to;
  }
  return { ...hops, total: from.at - called };
}
