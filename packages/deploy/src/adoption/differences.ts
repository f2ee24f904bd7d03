import type { PlanItem } from "../plan/describe.ts";
import type { Adoptable } from "./look.ts";

/** What a deploy of the compose files would change, other images included: those come by a promotion. Pure. */
export function differencesOf(
  items: readonly PlanItem[],
  found: Pick<Adoptable, "candidate" | "running" | "images">,
): PlanItem[] {
  const { candidate, running, images } = found;
  const { services } = candidate.desired.model;
  const reasons = new Map(images.map(({ service, from, to }) => [service, `image ${from} → ${to}`]));
  const isOther = ({ kind, name }: PlanItem) => kind === "container" && reasons.has(name);
  const also = items.map((item) => {
    const variables = otherVariables(services[item.name]?.environment, running.services[item.name]?.environment);
    const named = item.because.map((reason) =>
      reason.startsWith("environment") ? `environment (${variables.join(", ")})` : reason,
    );
    return { ...item, because: isOther(item) ? [reasons.get(item.name) ?? "", ...named] : named };
  });
  const only = [...reasons].filter(([name]) => !items.some((item) => isOther(item) && item.name === name));
  return [
    ...also,
    ...only.map(
      ([name, because]): PlanItem => ({
        kind: "container",
        name,
        action: "replace",
        because: [because],
        downSeconds: undefined,
      }),
    ),
  ];
}

/** By name only. */
function otherVariables(
  wanted: Readonly<Record<string, string>> = {},
  live: Readonly<Record<string, string>> = {},
): string[] {
  return Object.keys({ ...wanted, ...live }).filter((name) => wanted[name] !== live[name]);
}
