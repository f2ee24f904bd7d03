import type { Service } from "@understudy/compose";

/** Whether it keeps data in a named volume, which is on one machine. Pure. */
export function isStateful({ volumes }: Service): boolean {
  return volumes.some(({ type }) => type === "volume");
}

/** Whether requests come in through it. What keeps data is none: it publishes a port for its operator at most. Pure. */
export function isEdge(service: Service): boolean {
  return service.ports.length > 0 && !isStateful(service);
}

/** What the service's label says about two of it at once, if it says anything. Pure. */
export function replaceLabel({ labels }: Service): string | undefined {
  return labels["understudy.replace"];
}

/** Why two of it must not run at once, not even while one takes the other's place. Pure. */
export function whyAlone(service: Service): string | undefined {
  const label = replaceLabel(service);
  if (label === "hold") return "two of it must not run at once (label understudy.replace: hold)";
  if (isStateful(service) && label !== "overlap") return "two of it would write to its volume at once";
  return undefined;
}
