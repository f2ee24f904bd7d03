import type { ComposeModel } from "@understudy/compose";
import { openLog, runSteps, UserError } from "@understudy/core";
import { chooseTarget, connectTo, type EnvironmentChoice, stackOf } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { edgeService, turnoverLimits } from "./edge/limits.ts";
import { replaceBehindEdge, type Up } from "./edge/replace-behind-edge.ts";
import { replaceLabel } from "./edge/replace-manner.ts";
import type { TurnoverReport, WhenHealthy } from "./edge/turnovers.ts";
import { awaitHealthy } from "./healthy/await-healthy.ts";
import { ensureToolbox } from "./images/acquire.ts";
import { mutateStack } from "./mutate-stack.ts";
import { belongingTo, n8n, WorkflowsWork } from "./workflows.ts";

export interface RestartRequest extends EnvironmentChoice {
  readonly service: string;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `restart --json` says; documented in docs/cli-json.md. */
export interface RestartReport {
  readonly environment: string;
  readonly service: string;
  /** How long requests of it, and of those that need it, waited at the edge. */
  readonly held: readonly TurnoverReport[];
}

/**
 * Restart a service's container, and see it healthy. Requests to production wait meanwhile, and those to an n8n that is to have other
 * workflows afterwards. @throws UserError
 */
export async function restart(request: RestartRequest): Promise<RestartReport> {
  const { service, wait, say } = request;
  const target = chooseTarget(request);
  const { environment, installation } = target;
  await using engine = await connectTo(target);
  const desired = await stackOf(target);
  refuseUnknown(desired.model, service, environment.name);
  const toolbox = await ensureToolbox(engine, say);
  const log = openLog(installation, environment.name, "restart");
  const container = containerName(environment.stackName, service);
  const limits = turnoverLimits(desired);
  const again: Up = async (_model, turns) => {
    await turns?.before(service);
    await engine.docker.getContainer(container).restart();
    turns?.after(service);
    await awaitHealthy(engine, { service, container, timeout: limits.healthy });
  };
  const { stackName } = environment;
  const bringing = { to: belongingTo(target), say, log };
  const work = service === n8n ? WorkflowsWork.of(desired, { manner: "tolerant" }, bringing) : undefined;
  const behindEdge = () => {
    const model = held(desired.model, service);
    const ready = async (name: string) => work?.ready(name);
    const whenHealthy: WhenHealthy = (wait) => awaitHealthy(engine, wait);
    const what = { engine, toolbox, stackName, model, edgeService, replaced: [service], limits, whenHealthy };
    return replaceBehindEdge({ ...what, ready, say }, again);
  };
  return await mutateStack(target, engine, { verb: "restart", wait, toolbox, log, say }, async ({ journal }) => {
    journal.step("restart", { service });
    let waited: readonly TurnoverReport[] = [];
    await runSteps([
      {
        title: `Restart ${service}`,
        run: async () => {
          if (environment.kind === "production" || (await work?.isDue())) waited = await behindEdge();
          else await again(desired.model);
        },
      },
      ...(work ? [work.step] : []),
    ]);
    return { environment: environment.name, service, held: waited };
  });
}

/** The same container comes back: no other one can serve meanwhile. */
function held(model: ComposeModel, name: string): ComposeModel {
  const service = model.services[name];
  if (!service) return model;
  const labels = { ...service.labels, [replaceLabel]: "hold" };
  return { ...model, services: { ...model.services, [name]: { ...service, labels } } };
}

function refuseUnknown({ services }: ComposeModel, service: string, environment: string): void {
  if (services[service]) return;
  throw new UserError(`${environment} has no service "${service}"`, {
    next: `It has: ${Object.keys(services).sort().join(", ")}`,
    exitCode: 2,
  });
}
