import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import { countGraph, openGraphOf, type Side, type Swap, startAndProve } from "@understudy/data";
import type { Metadata } from "../archive/metadata.ts";
import { readWorkflows } from "../export/workflows.ts";

export interface Expected {
  /** Ids that n8n must list. */
  readonly workflows: readonly string[];
  /** Null: it was not imported. */
  readonly graph: Metadata["graph"];
}

/** Start the services on the new data, and look whether they have what was imported. @throws UserError when they have not, in time */
export async function prove(
  side: Side,
  swap: Swap,
  { workflows, graph }: Expected,
  report: (line: string) => void,
): Promise<void> {
  await startAndProve(swap, report);
  report("n8n lists its workflows");
  await assertWorkflows(side, workflows);
  if (graph) await assertGraph(side, graph);
}

/** n8n's API comes up a moment after it is healthy. */
async function assertWorkflows(side: Side, expected: readonly string[]): Promise<void> {
  if (!expected.length) return;
  const deadline = performance.now() + side.stack.settings.teamSync.answerSeconds * 1_000;
  for (;;) {
    const listed = await readWorkflows(side).catch((error) => {
      if (!(error instanceof UserError) || performance.now() > deadline) throw error;
      return undefined;
    });
    if (listed) {
      const ids = new Set(listed.map(({ id }) => id));
      const missing = expected.filter((id) => !ids.has(id));
      if (!missing.length) return;
      throw new UserError(
        `n8n does not list ${missing.length} of ${expected.length} imported workflows, such as ${missing[0]}`,
      );
    }
    await sleep(500);
  }
}

async function assertGraph(side: Side, expected: NonNullable<Metadata["graph"]>): Promise<void> {
  await using graph = await openGraphOf(side);
  if (!graph) return;
  const found = await countGraph(graph);
  for (const what of ["nodes", "relationships"] as const) {
    const [least, most] = [...expected[what]].sort((a, b) => a - b) as [number, number];
    if (found[what] >= least && found[what] <= most) continue;
    throw new UserError(
      `Neo4j has ${found[what]} ${what} after the import, and the archive says ${least === most ? least : `${least} to ${most}`}`,
    );
  }
}
