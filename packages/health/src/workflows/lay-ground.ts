import { randomBytes } from "node:crypto";
import { type ContainerInspectInfo, UserError } from "@understudy/core";
import { type DesiredStack, deployOf, describeState, endpoints, NotDeployed } from "@understudy/environment";
import { N8n, n8nPort, temporaryPrefix } from "@understudy/n8n";
import type { CheckContext } from "../checks/check.ts";
import { makeContext, openLook } from "../checks/look.ts";
import { Catcher } from "./catcher/catcher.ts";
import type { Ground } from "./ground.ts";
import { removeLeftovers, runLength } from "./subject/temporary.ts";

/**
 * Connect to everything that tests need, and remove what killed runs have left. `opened` closes it all again.
 * @throws UserError when nothing is deployed, n8n does not run or has no API key
 */
export async function layGround(
  stack: DesiredStack,
  given: Pick<Ground, "log" | "say" | "stop" | "keep">,
  opened: AsyncDisposableStack,
): Promise<Ground> {
  const { environment, model, envFile } = stack;
  const context = await makeContext(opened.use(await openLook(stack)));
  const { engine, reach } = context;
  const container = runningN8n(context);
  const address = await reach.address(container, n8nPort);
  const n8n = new N8n({ container, address, environment, values: envFile.values });
  await removeLeftovers(n8n, engine, environment);
  const run = randomBytes(runLength / 2).toString("hex");
  const catcher = opened.use(await Catcher.open(engine, environment, container, run));
  const url = endpoints(model, environment.host).find(({ service }) => service === "n8n")?.url;
  return {
    ...context,
    ...given,
    n8n,
    workflows: (await n8n.workflows()).filter(({ name }) => !name.startsWith(temporaryPrefix)),
    catcher,
    link: (workflow, execution) => url && `${url}/workflow/${workflow}${execution ? `/executions/${execution}` : ""}`,
  };
}

function runningN8n({ stack, model, containers }: CheckContext): ContainerInspectInfo {
  const { environment } = stack;
  if (containers.size === 0) throw new NotDeployed(stack);
  const deploy = `Deploy it: ${deployOf(environment)}`;
  const info = containers.get("n8n");
  if (!info) {
    throw new UserError(`${environment.name} has no container of n8n`, {
      next: model.services.n8n ? deploy : "Its compose files have no service n8n, so there are no workflows to test",
    });
  }
  if (!info.State.Running) {
    throw new UserError(`n8n of ${environment.name} does not run (${describeState(info)})`, { next: deploy });
  }
  return info;
}
