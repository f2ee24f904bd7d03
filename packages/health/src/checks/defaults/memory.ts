import type { Check } from "../check.ts";
import { containerStats } from "../container-stats.ts";
import { usual } from "../usual.ts";
import { percent, size } from "../words.ts";

/** How much of its limit, or of the host, a service's memory takes: what the kernel cannot take back. */
export function memory(service: string): Check {
  return {
    ...usual,
    name: `${service} memory`,
    service,
    needs: [service],
    thresholds: { warning: 90, critical: 97, unit: "% of its limit", bad: "above" },
    look: async (context) => {
      const { memory_stats } = await containerStats(context, service);
      const { usage, limit, stats } = memory_stats;
      const files = (stats.total_active_file ?? stats.active_file) + (stats.total_inactive_file ?? stats.inactive_file);
      const used = usage - files;
      return {
        ok: true,
        seen: `${size(used)} of ${size(limit)}`,
        measured: percent(used, limit),
        figures: { memory_bytes: used, memory_limit_bytes: limit },
        next: "Give it more: mem_limit in the compose files, then deploy",
      };
    },
  };
}
