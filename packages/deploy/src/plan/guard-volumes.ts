import { UserError } from "@understudy/core";
import type { DeployPlan } from "./plan-deploy.ts";

export interface VolumeQuestion {
  readonly plan: DeployPlan;
  /** Names on the host of the volumes that were there after the last good deploy from here. */
  readonly recorded: readonly string[];
  /** Of these and the owned ones, those that are there now. */
  readonly existing: readonly string[];
  /** All that the compose files own. */
  readonly owned: readonly string[];
  /** Those that the person said may begin empty. */
  readonly accepted: readonly string[];
  /** Whether a run before was cut off, perhaps between making two volumes. */
  readonly resumed: boolean;
}

/**
 * Data is never made anew in silence.
 * @throws UserError for a plan that would replace or remove a volume, and for volumes that have gone missing: those that
 * were recorded, or, where nothing was recorded, those whose neighbours are there.
 */
export function guardVolumes({ plan, recorded, existing, owned, accepted, resumed }: VolumeQuestion): void {
  const touched = plan.items.find(
    ({ kind, action }) => kind === "volume" && (action === "replace" || action === "delete"),
  );
  if (touched) {
    throw new UserError(
      `This deploy would ${touched.action} the data volume ${touched.name}${touched.because.length ? ` (${touched.because.join(", ")})` : ""}`,
      {
        next: "Data is never replaced by a deploy: put the volume back as it was in the compose files, or copy its data to a new one first",
      },
    );
  }
  const expected = recorded.length || resumed || existing.length === 0 ? recorded : owned;
  const lost = expected.filter((name) => !existing.includes(name) && !accepted.includes(name));
  if (lost.length === 0) return;
  throw new UserError(
    `The data ${lost.length > 1 ? "volumes" : "volume"} ${lost.join(", ")} ${lost.length > 1 ? "were" : "was"} there after the last deploy and ${lost.length > 1 ? "are" : "is"} gone`,
    {
      next: `Restore from a backup; or, if the data may be lost, run again with ${lost.map((name) => `--accept-empty-volume ${name}`).join(" ")}`,
    },
  );
}
