import type { ComposeModel } from "@understudy/compose";
import type { Check } from "../check.ts";
import { type DiskSpace, diskFree } from "../disk-free.ts";
import { usual } from "../usual.ts";
import { size } from "../words.ts";

/** How full a service's data volumes are; those without a file system of their own are part of the host's disk. */
export function volumes(service: string, model: ComposeModel): Check[] {
  const targets = (model.services[service]?.volumes ?? [])
    .filter(({ type }) => type === "volume")
    .map(({ target }) => target);
  if (targets.length === 0) return [];
  const check: Check = {
    ...usual,
    name: `${service} volumes`,
    service,
    needs: [service],
    thresholds: { warning: 85, critical: 95, unit: "% full", bad: "above" },
    look: async (context) => {
      const container = context.containers.get(service)?.Id ?? "";
      const [root, ...spaces] = await diskFree(context, container, ["/", ...targets], usual.timeout);
      const own = spaces.flatMap((space, index) => (isSame(space, root) ? [] : [{ ...space, target: targets[index] }]));
      const [fullest] = own.sort((a, b) => b.used - a.used);
      if (!fullest) return { ok: true, seen: "on the host's disk", measured: 0 };
      return {
        ok: true,
        seen: `${fullest.target} is ${fullest.used} % full, ${size(fullest.free)} free`,
        measured: fullest.used,
        figures: { volume_free_bytes: fullest.free, volume_used_percent: fullest.used },
        next: `Free some room in it, or give it a larger volume`,
      };
    },
  };
  return [check];
}

/** A container's own root lies on the host's disk. Between the two looks of df a little may have been written. */
function isSame(space: DiskSpace, root: DiskSpace | undefined): boolean {
  return space.size === root?.size && Math.abs(space.free - root.free) < root.size / 100;
}
