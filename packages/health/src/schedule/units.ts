import { basename } from "node:path";
import { type ScheduledJob, type Standing, standing } from "@understudy/core";
import type { Step } from "./step.ts";

/** A job's unit files, as they are and as they should be, and what the service manager makes of them. */
export interface UnitState {
  readonly job: ScheduledJob;
  /** The first is the one that is switched on. */
  readonly files: readonly { readonly path: string; readonly text: string; readonly found: string | undefined }[];
  readonly enabled: boolean;
  readonly active: boolean;
  /** A file changed after the manager read it. */
  readonly stale: boolean;
  /** When a timer runs next, and ran last, in the manager's words. */
  readonly next?: string | undefined;
  readonly last?: string | undefined;
}

/**
 * Steps from what is to what should be. A unit that changes is off meanwhile, so that a run that is cut off anywhere
 * leaves a state from which the next one finds the rest.
 */
export function installUnits(units: readonly UnitState[], systemctl: readonly string[]): Step[] {
  const changed = units.filter(({ files }) => files.some(({ text, found }) => text !== found));
  const off = units.filter((unit) => changed.includes(unit) || !unit.enabled || !unit.active);
  return [
    ...changed.filter(isOn).map((unit) => ({ run: [...systemctl, "disable", "--now", mainUnit(unit)] })),
    ...changed.flatMap(({ files }) =>
      files.filter(({ text, found }) => text !== found).map(({ path, text }) => ({ write: path, text })),
    ),
    ...(changed.length || units.some(({ stale }) => stale) ? [{ run: [...systemctl, "daemon-reload"] }] : []),
    ...off.map((unit) => ({ run: [...systemctl, "enable", "--now", mainUnit(unit)] })),
  ];
}

/** Steps to none of them. */
export function removeUnits(units: readonly UnitState[], systemctl: readonly string[]): Step[] {
  const there = units.filter(({ files }) => files.some(({ found }) => found !== undefined));
  if (there.length === 0) return [];
  return [
    ...there.filter(isOn).map((unit) => ({ run: [...systemctl, "disable", "--now", mainUnit(unit)] })),
    ...there.flatMap(({ files }) =>
      files.filter(({ found }) => found !== undefined).map(({ path }) => ({ remove: path })),
    ),
    { run: [...systemctl, "daemon-reload"] },
  ];
}

/** Of a job with two files, that of the one that needs more care. */
export function standingOf({ files }: UnitState): Standing {
  const all = files.map(({ found, text }) => standing(found, text));
  const order: Standing[] = ["foreign", "edited", "outdated", "absent", "current"];
  const worst = order.find((one) => all.includes(one)) ?? "absent";
  return worst === "absent" && all.includes("current") ? "outdated" : worst;
}

function isOn({ files, enabled, active }: UnitState): boolean {
  return files[0]?.found !== undefined && (enabled || active);
}

function mainUnit({ files }: UnitState): string {
  return basename(files[0]?.path ?? "");
}
