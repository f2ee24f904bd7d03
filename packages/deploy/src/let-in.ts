import { UserError } from "@understudy/core";
import { toolboxOn } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { Edge } from "./edge/edge.ts";
import { whileHeld } from "./edge/hold.ts";
import { edgeService, turnoverLimits } from "./edge/limits.ts";
import { claimN8n } from "./first-run/first-run.ts";
import { awaitHealthy } from "./healthy/await-healthy.ts";
import type { Report, Work } from "./work.ts";
import { n8n } from "./workflows.ts";

/**
 * Where n8n starts and its workflows are still to come, let nobody meet it before they are there: requests wait at the edge while it
 * boots, and until then. In a production that stands, they have waited already.
 */
export async function letInAfterWorkflows(work: Work, report: Report): Promise<void> {
  const { engine, session, candidate, workflows, healthTimes } = work;
  if (!workflows || !startsN8n(work) || !(await workflows.isDue())) return;
  const { desired } = candidate;
  const { hold, healthy } = turnoverLimits(desired);
  const bring = async () => {
    report("n8n: booting, for its workflow migrations");
    const container = containerName(desired.environment.stackName, n8n);
    healthTimes.note(n8n, await awaitHealthy(engine, { service: n8n, container, timeout: healthy }));
    await claimN8n(engine, session, desired);
    await workflows.run();
  };
  await using edge = await openEdge(work, report);
  if (edge) await whileHeld(edge, n8n, hold.hold, bring);
  else await bring();
}

/** Its container is made anew, or started. */
function startsN8n({ plan }: Work): boolean {
  return (
    plan.items.some(({ kind, name, action }) => kind === "container" && name === n8n && action !== "delete") ||
    plan.start.some(({ service }) => service === n8n)
  );
}

async function openEdge({ engine, candidate }: Work, report: Report): Promise<Edge | undefined> {
  const { environment, model } = candidate.desired;
  if (!model.services[edgeService]) return undefined;
  try {
    return await Edge.open(engine, containerName(environment.stackName, edgeService), await toolboxOn(engine));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(`warning: n8n may get requests before its workflows are there: ${error.message}`);
    return undefined;
  }
}
