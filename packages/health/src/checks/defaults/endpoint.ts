import type { ComposeModel } from "@understudy/compose";
import { type Endpoint, endpointLabel } from "@understudy/environment";
import type { Check } from "../check.ts";
import { type CheckDefinition, define } from "../registry.ts";

/** A service asked as people ask it: through what publishes it, which is to blame when the service itself is well. */
export function endpoint({ service, probe }: Endpoint, model: ComposeModel, elsewhere: boolean): Check {
  const { protocol, address, port, path } = probe;
  const said = new URL(model.services[service]?.labels[endpointLabel] ?? "");
  const publisher = said.hostname;
  const name = `${service} edge`;
  // What a host publishes may be open to that host alone: from elsewhere the publishing container itself is asked.
  const inside = { service: publisher, port: Number(said.port || 80) };
  const definition: CheckDefinition =
    protocol === "http"
      ? {
          name,
          type: "http",
          ...(elsewhere ? { ...inside, path } : { url: `http://${hostOf(address)}:${port}${path}` }),
        }
      : service === "postgres" && !elsewhere
        ? { name, type: "postgres", query: "SELECT 1", host: address, port }
        : { name, type: "tcp", ...(elsewhere ? inside : { host: address, port }) };
  return { ...define(definition), service: publisher, needs: [publisher, service] };
}

function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
