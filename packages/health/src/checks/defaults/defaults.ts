import { isElsewhere } from "@understudy/core";
import { type DesiredStack, endpoints } from "@understudy/environment";
import type { Check } from "../check.ts";
import { define } from "../registry.ts";
import { certificates } from "./certificates.ts";
import { cpu } from "./cpu.ts";
import { endpoint } from "./endpoint.ts";
import { haproxy } from "./haproxy.ts";
import { host } from "./host.ts";
import { lastRuns } from "./last-run.ts";
import { letta } from "./letta.ts";
import { logErrors } from "./log-errors.ts";
import { memory } from "./memory.ts";
import { n8n } from "./n8n.ts";
import { neo4j } from "./neo4j.ts";
import { openWebui } from "./open-webui.ts";
import { postgres } from "./postgres.ts";
import { queue } from "./queue.ts";
import { swarm } from "./swarm.ts";
import { volumes } from "./volumes.ts";

/** What is known of certain services beyond what every container has. */
const known: Readonly<Record<string, () => Check[]>> = {
  haproxy,
  letta,
  n8n,
  neo4j,
  "open-webui": openWebui,
  postgres,
  "n8n-worker": queue,
};

/** The checks that a stack has without any definition, from its compose model. */
export function defaultChecks(stack: DesiredStack): Check[] {
  const { model, environment } = stack;
  // The addresses that the host publishes on itself are not those of another machine, nor of a container.
  const elsewhere =
    environment.engine === "swarm" || isElsewhere(environment.host) || process.env.UNDERSTUDY_IN_CONTAINER === "true";
  const published = endpoints(model, environment.host);
  const ofService = (service: string): Check[] => [
    define({ name: `${service} container`, type: "container", service }),
    ...(known[service]?.() ?? []),
    ...published.filter((at) => at.service === service).map((at) => endpoint(at, model, elsewhere)),
    memory(service),
    cpu(service),
    ...volumes(service, model),
    logErrors(service),
  ];
  return [
    ...host(),
    ...swarm(stack),
    ...Object.keys(model.services).flatMap(ofService),
    ...certificates(stack),
    ...lastRuns(),
  ];
}
