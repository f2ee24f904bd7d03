import type { Check, CheckContext } from "../check.ts";
import { engineFacts } from "../engine-facts.ts";
import { hostFigures, hostSpace } from "../host-figures.ts";
import { usual } from "../usual.ts";
import { percent, size } from "../words.ts";

export const engineCheck = "docker engine";

export function host(): Check[] {
  return [
    {
      ...usual,
      name: engineCheck,
      service: "host",
      expected: "it answers",
      look: async (context) => ({ ok: true, seen: `version ${(await engineFacts(context)).version} answers` }),
    },
    {
      ...usual,
      name: "host disk",
      service: "host",
      thresholds: { warning: 85, critical: 95, unit: "% full", bad: "above" },
      look: disk,
    },
    {
      ...usual,
      name: "host memory",
      service: "host",
      thresholds: { warning: 92, critical: 98, unit: "% in use", bad: "above" },
      look: memory,
    },
    {
      ...usual,
      name: "host load",
      service: "host",
      severity: "warning",
      thresholds: { warning: 5, unit: "for each core, over 15 minutes", bad: "above" },
      look: load,
    },
    {
      ...usual,
      name: "host clock",
      service: "host",
      thresholds: { warning: 2, critical: 30, unit: "s apart", bad: "above" },
      look: clock,
    },
  ];
}

async function disk(context: CheckContext) {
  const { dataFolder } = await engineFacts(context);
  const space = await hostSpace(context, dataFolder);
  return {
    ok: true,
    seen: `${dataFolder} is ${space.used} % full, ${size(space.free)} free`,
    measured: space.used,
    figures: { disk_used_percent: space.used, disk_free_bytes: space.free },
    next: "See what Docker uses: docker system df. pnpm cleanup removes what nothing needs",
  };
}

async function memory(context: CheckContext) {
  const { total, available } = await hostFigures(context);
  return {
    ok: true,
    seen: `${size(available)} of ${size(total)} available`,
    measured: percent(total - available, total),
    figures: { memory_available_bytes: available, memory_bytes: total },
    next: "See what takes it: docker stats",
  };
}

async function load(context: CheckContext) {
  const { cores } = await engineFacts(context);
  const { load } = await hostFigures(context);
  return {
    ok: true,
    seen: `${load.toFixed(1)} on ${cores} cores`,
    measured: Math.round((load / cores) * 10) / 10,
    figures: { load_15m: load, cores },
    next: "See what works: docker stats, top",
  };
}

async function clock(context: CheckContext) {
  const { clockOffset } = await engineFacts(context);
  const apart = Math.round(Math.abs(clockOffset) / 100) / 10;
  return {
    ok: true,
    seen: `the engine's host and this machine are ${apart} s apart`,
    measured: apart,
    figures: { clock_offset_seconds: clockOffset / 1_000 },
    next: "Let both follow a time server: timedatectl set-ntp true",
  };
}
