import type { ContainerInspectInfo } from "@understudy/core";
import { deployOf, describeState, networkName } from "@understudy/environment";
import type { Check, CheckContext, Observation } from "./check.ts";
import { count, logsOf } from "./words.ts";

/** Why a look cannot be made: a container that it needs is not there to be asked. Known at once, without waiting for it. */
export function obstacleTo({ needs = [] }: Pick<Check, "needs">, context: CheckContext): Observation | undefined {
  for (const service of needs) {
    const found = containerObstacle(context, service);
    if (found) return { ok: false, expected: `${service} runs`, ...found };
  }
  return undefined;
}

/** Why a service's container cannot be asked now, and what to do about it. */
export function containerObstacle(context: CheckContext, service: string): { seen: string; next: string } | undefined {
  const info = context.containers.get(service);
  if (!info) return { seen: `${service} has no container`, next: deployOf(context.stack.environment) };
  const { State } = info;
  const name = info.Name.slice(1);
  if (State.Paused) return { seen: `${service} is paused`, next: `docker unpause ${name}` };
  const next = logsOf(context, service);
  if (State.Restarting) {
    const starved = State.OOMKilled ? ", killed for lack of memory (OOM)" : "";
    const restarts = count(info.RestartCount, "restart");
    return { seen: `${service} ends again and again: exit code ${State.ExitCode}${starved}, ${restarts}`, next };
  }
  if (!State.Running) return { seen: `${service} does not run: ${describeState(info)}`, next };
  const missing = missingNetworks(context, service, info);
  if (missing.length === 0) return undefined;
  const none = Object.keys(info.NetworkSettings.Networks).length === 0;
  const [network = ""] = missing;
  return {
    seen: none ? `${service} is on no network` : `${service} is not on network ${missing.join(", ")}`,
    next: `docker network connect --alias ${service} ${onHost(context, network)} ${name}`,
  };
}

/** Networks of the compose files that a container is not on, as the files name them. */
function missingNetworks(context: CheckContext, service: string, info: ContainerInspectInfo): string[] {
  const wanted = Object.keys(context.model.services[service]?.networks ?? {});
  return wanted.filter((network) => !info.NetworkSettings.Networks[onHost(context, network)]?.NetworkID);
}

/** A network's name on the Docker host. */
function onHost({ stack, model }: CheckContext, network: string): string {
  return model.networks[network]?.external?.name ?? networkName(stack.environment.stackName, network);
}
