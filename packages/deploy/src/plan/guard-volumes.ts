import { UserError } from "@understudy/core";
import type { DeployPlan } from "./plan-deploy.ts";

/**
 * Data is never made anew in silence.
 * @param recorded names on the host of the volumes that were there after the last good deploy
 * @param existing those that are there now
 * @param accepted those that the person said may begin empty
 * @throws UserError for a plan that would replace or remove a volume, and for volumes that have gone missing
 */
export function guardVolumes(
  plan: DeployPlan,
  recorded: readonly string[],
  existing: readonly string[],
  accepted: readonly string[],
): void {
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
  const lost = recorded.filter((name) => !existing.includes(name) && !accepted.includes(name));
  if (lost.length === 0) return;
  throw new UserError(
    `The data ${lost.length > 1 ? "volumes" : "volume"} ${lost.join(", ")} ${lost.length > 1 ? "were" : "was"} there after the last deploy and ${lost.length > 1 ? "are" : "is"} gone`,
    {
      next: `Restore from a backup; or, if the data may be lost, run again with ${lost.map((name) => `--accept-empty-volume ${name}`).join(" ")}`,
    },
  );
}
