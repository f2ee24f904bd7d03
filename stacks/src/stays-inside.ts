import type { ComposeModel, Service } from "@understudy/compose";

/** Whether a service is on internal networks alone. Pure. */
export function staysInside({ networks }: ComposeModel, service: Service): boolean {
  const own = Object.keys(service.networks);
  return own.length > 0 && own.every((name) => networks[name]?.internal && !networks[name].external);
}
