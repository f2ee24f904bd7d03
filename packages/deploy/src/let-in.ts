import { serviceOf, takeSnapshot, toolboxOn } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import type { Edge } from "./edge/edge.ts";
import { whileHeld } from "./edge/hold.ts";
import { edgeService, turnoverLimits } from "./edge/limits.ts";
import { openEdge } from "./edge/open-edge.ts";
import { isRunner } from "./engine/changes.ts";
import { claimN8n } from "./first-run/first-run.ts";
import { awaitHealthy } from "./healthy/await-healthy.ts";
import type { Report, Work } from "./work.ts";
import { n8n } from "./workflows.ts";

/**
 * Where n8n will start and its workflows are still to come, let requests wait from now on: those that the edge tries to bring to an n8n that
 * boots would reach it first. Production's are looked after one service at a time.
 */
export async function keepOut(work: Work, report: Report): Promise<void> {
  const { candidate, plan } = work;
  const { environment } = candidate.desired;
  const stands = [...plan.snapshot.containers.values()].some(
    (one) => serviceOf(one) === edgeService && one.State.Running,
  );
  if (environment.kind === "production" || !stands || !(await startsBare(work))) return;
  await using edge = await edgeOf(work, report);
  // It ends by itself, unless `letIn` goes on with it.
  await edge?.hold(n8n, turnoverLimits(candidate.desired).hold.hold);
}

/** Where n8n has started and its workflows are still to come, let requests wait until it is up and they are there. */
export async function letIn(work: Work, report: Report): Promise<void> {
  const { engine, session, candidate, workflows, healthTimes } = work;
  if (!workflows || !(await startsBare(work))) return;
  const { desired } = candidate;
  const { hold, healthy } = turnoverLimits(desired);
  const bring = async () => {
    report("n8n: booting, for its workflow migrations");
    const container = containerName(desired.environment.stackName, n8n);
    healthTimes.note(n8n, await awaitHealthy(engine, { service: n8n, container, timeout: healthy }));
    await claimN8n(engine, session, desired);
    await workflows.run();
  };
  await using edge = await edgeOf(work, report);
  if (edge) await whileHeld(edge, n8n, hold.hold, bring);
  else await bring();
}

/** Whether n8n starts without workflows that it should have: its container is made anew, or started. */
async function startsBare({ plan, workflows }: Work): Promise<boolean> {
  const isTouched = plan.items.some(({ kind, name, action }) => {
    return isRunner(kind) && name === n8n && action !== "delete";
  });
  return isTouched && ((await workflows?.isDue()) ?? false);
}

async function edgeOf({ engine, candidate }: Work, report: Report): Promise<Edge | undefined> {
  const { environment, model } = candidate.desired;
  if (!model.services[edgeService]) return undefined;
  const snapshot = await takeSnapshot(engine, environment.stackName);
  return await openEdge(engine, snapshot, { service: edgeService, toolbox: await toolboxOn(engine) }, (why) => {
    report(`warning: n8n may get requests before its workflows are there: ${why}`);
  });
}
