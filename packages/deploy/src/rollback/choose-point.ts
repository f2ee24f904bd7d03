import { UserError } from "@understudy/core";
import type { ListedPoint } from "../points/list-points.ts";

/** The point that a person names, or the newest good one. @throws UserError when it cannot be gone back to */
export function choosePoint(points: readonly ListedPoint[], tag: string | undefined, withData: boolean): ListedPoint {
  const found =
    tag === undefined ? points.find((point) => isGood(point, withData)) : points.find((point) => point.tag === tag);
  if (!found) {
    throw new UserError(tag === undefined ? "There is no good rollback point" : `There is no rollback point "${tag}"`, {
      next: "pnpm rollback --list shows what there is",
      ...(tag === undefined ? {} : { exitCode: 2 }),
    });
  }
  const problem = found.problem ?? (withData ? found.dataProblem : undefined);
  if (!problem) return found;
  throw new UserError(`${found.tag} cannot be gone back to${found.problem ? "" : " with its data"}: ${problem}`, {
    next: found.next ?? "pnpm rollback --list shows the others",
  });
}

/** Going back to what runs already is no way back. */
function isGood({ problem, dataProblem, differs, verified }: ListedPoint, withData: boolean): boolean {
  return !problem && differs.length > 0 && (!withData || (verified && !dataProblem));
}
