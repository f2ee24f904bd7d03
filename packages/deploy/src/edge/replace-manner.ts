import type { Service } from "@understudy/compose";
import { UserError } from "@understudy/core";

/**
 * How a new version takes a service's place behind the edge: `overlap`, another container of it serves meanwhile, so two
 * run at once; `hold`, requests wait while the only one is replaced.
 */
export type ReplaceManner = "overlap" | "hold";

/** A service says its manner: `understudy.replace: overlap | hold`. */
export const replaceLabel = "understudy.replace";

/** The manner that a service's label names; without one `hold`, which is right for every service. @throws UserError for another word. */
export function replaceManner({ name, labels }: Service): ReplaceManner {
  const said = labels[replaceLabel] ?? "hold";
  if (said === "overlap" || said === "hold") return said;
  throw new UserError(`service ${name}: label ${replaceLabel} "${said}" must be overlap or hold`, {
    next: "Correct it in compose/",
  });
}
