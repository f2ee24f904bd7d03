import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import type { ComposeModel } from "@understudy/compose";
import { type Engine, isSecret, type Log, secrets, UserError } from "@understudy/core";
import { takeSnapshot } from "@understudy/environment";
import { exportDeployment } from "../engine/deployment.ts";
import type { PlanItem } from "../plan/describe.ts";
import { planDeploy } from "../plan/plan-deploy.ts";
import { forgetAdopted, rememberAdopted } from "./adopted.ts";
import type { Adoptable } from "./look.ts";

/** Part of an exported Pulumi state that matters here. */
interface ExportedState {
  readonly resources?: readonly unknown[];
}

/**
 * Have Pulumi write down what runs as what it made, and ask it what a deploy would change.
 * @param mirror an engine that shows things under the names that they are to have, and changes nothing
 * @param resumed whether a state may be there that an adoption which was cut off left: it begins anew
 * @throws UserError when there is a state that nobody expects
 */
export async function writeState(
  mirror: Engine,
  { candidate, running, services }: Pick<Adoptable, "candidate" | "running" | "services">,
  { resumed, log }: { readonly resumed: boolean; readonly log: Log },
): Promise<readonly PlanItem[]> {
  const { openCandidate } = await import("../engine/stack.ts");
  const { desired } = candidate;
  const secretValues = [...desired.secretValues, ...secretsOf(running)];
  secrets.add(secretValues);
  const asItRuns = { ...candidate, desired: { ...desired, model: running, secretValues } };
  const snapshot = await takeSnapshot(mirror, desired.environment.stackName);
  const { stack, run } = await openCandidate(mirror, asItRuns, snapshot, log, { runsAlready: true });
  const before = await run(() => exportDeployment(stack));
  if ((before.deployment as ExportedState | undefined)?.resources?.length) {
    if (!resumed) throw unexpectedState(desired.environment.name);
    await run(() => stack.importStack(emptied(before)));
  }
  const onOutput = (text: string) => log.debug({ pulumi: text });
  await run(() => stack.up({ onOutput }));
  // What was created is taken as it was asked for; only now is all of it read.
  await run(() => stack.refresh({ onOutput }));
  rememberAdopted(candidate, services, await run(() => exportDeployment(stack)));
  const { items } = await planDeploy(mirror, candidate, log, { refresh: true, resumed: false });
  const replaced = items.filter(({ kind, action }) => kind === "container" && action === "replace");
  forgetAdopted(candidate, new Set(replaced.map(({ name }) => name)));
  return items;
}

/** What somebody had put aside. */
export function unexpectedState(environment: string): UserError {
  return new UserError(`There is a Pulumi state of ${environment} already: it was deployed by Understudy`, {
    next: `Look at it: pnpm status --environment ${environment}; docs/troubleshooting.md says how to begin a new state`,
  });
}

/** Values that run and are no longer in the compose files are as secret as the others. */
function secretsOf({ services }: ComposeModel): string[] {
  const variables = Object.values(services).flatMap(({ environment }) => Object.entries(environment));
  return variables.flatMap(([name, value]) => (isSecret(name, value) ? [value] : []));
}

function emptied(exported: Deployment): Deployment {
  return { ...exported, deployment: { ...exported.deployment, resources: [], pending_operations: [] } };
}
