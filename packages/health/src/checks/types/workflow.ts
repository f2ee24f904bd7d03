import { endpoints } from "@understudy/environment";
import { type Freshness, freshness, N8n, n8nPort } from "@understudy/n8n";
import { z } from "zod";
import type { Check, CheckContext, Observation } from "../check.ts";
import { logsOf } from "../words.ts";
import { runWorkflowTest } from "../workflow-test.ts";
import { addressOf, base, type CheckType, definition, duration } from "./common.ts";

const schema = definition("workflow", "n8n", {
  /** Freshness of one workflow, by name or id. Without it: of all. */
  workflow: z.string().min(1).optional(),
  /** It must have succeeded within this, whatever its own schedule says. */
  within: duration.optional(),
  /** How long a run may take before it is missed. */
  grace: duration.default(300_000),
  /** Instead of freshness: a test of checks/workflows, run each time. */
  test: z.string().min(1).optional(),
})
  .refine(({ workflow, within }) => workflow !== undefined || within === undefined, {
    path: ["within"],
    error: "is for one workflow: name it in workflow",
  })
  .refine(({ workflow, test }) => workflow === undefined || test === undefined, {
    path: ["test"],
    error: "give either workflow, for its freshness, or test",
  });

type Definition = z.output<typeof schema>;

/** Expects that workflows of n8n still succeed on their own, as often as their schedules say; or that a test passes. */
export const workflow: CheckType<typeof schema> = {
  type: "workflow",
  schema,
  make: (definition): Check => (definition.test ? testing(definition, definition.test) : freshnessOf(definition)),
};

function freshnessOf(definition: Definition): Check {
  const { service, severity, thresholds = { [severity]: 0 } } = definition;
  return {
    ...base({ ...definition, thresholds }, { unit: "stale workflows", bad: "above" }),
    needs: [service],
    ofThePast: true,
    look: async (context) => observe(context, definition, await read(context, definition)),
  };
}

function testing(definition: Definition, test: string): Check {
  return {
    ...base(definition, { unit: "ms", bad: "above" }),
    expected: "the test passes",
    needs: [definition.service],
    look: (context, signal) => runWorkflowTest(context, test, signal),
  };
}

async function read(context: CheckContext, { service, workflow, within, grace }: Definition): Promise<Freshness[]> {
  const container = context.containers.get(service);
  if (!container) return [];
  const { environment, envFile } = context.stack;
  const address = await addressOf(context, service, n8nPort);
  const n8n = new N8n({ container, address, environment, values: envFile.values });
  const periods = workflow && within ? { [workflow]: within } : {};
  return await freshness(n8n, { now: context.now(), periods, grace });
}

function observe(context: CheckContext, { service, workflow }: Definition, all: readonly Freshness[]): Observation {
  const asked = all.filter(({ workflow: { id, name } }) => !workflow || [id, name].includes(workflow));
  if (workflow && asked.length === 0) {
    return { ok: false, seen: `n8n has no workflow "${workflow}"`, next: "Correct the check's workflow, or import it" };
  }
  const stale = asked.filter(({ verdict }) => verdict === "stale");
  const fresh = asked.filter(({ verdict }) => verdict === "fresh");
  const unjudged = asked.length - stale.length - fresh.length;
  return {
    ok: true,
    seen: stale.map(describe).join("; ") || `${fresh.length} fresh, ${unjudged} not to be judged`,
    measured: stale.length,
    figures: { workflows: asked.length, fresh: fresh.length, stale: stale.length },
    lines: asked.map(({ workflow: { name }, verdict, because }) => `${name}: ${verdict}, ${because}`),
    next: (stale[0] && executionsOf(context, service, stale[0])) ?? logsOf(context, service),
  };
}

function describe({ workflow: { name }, because, lastFailure }: Freshness): string {
  const failure =
    lastFailure && `: ${lastFailure.node ? `node "${lastFailure.node}" failed, ` : ""}${lastFailure.error}`;
  return `"${name}" ${because}${failure ?? ""}`;
}

function executionsOf({ model, stack }: CheckContext, service: string, { workflow: { id }, lastFailure }: Freshness) {
  const url = endpoints(model, stack.environment.host).find((endpoint) => endpoint.service === service)?.url;
  return url && `Open ${url}/workflow/${id}/executions/${lastFailure?.execution ?? ""}`;
}
