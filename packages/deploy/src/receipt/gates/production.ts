import type { GateFacts } from "../facts.ts";
import { pass, refuse, type Verdict } from "./verdict.ts";

/** What production runs now can be tagged, so that there is a way back. */
export function rollbackBase({ production, remote }: GateFacts): Verdict {
  const { environment, stands, release, commitExists } = production;
  if (!release) {
    return stands
      ? refuse(`${environment} runs what nothing is recorded of`, "Take it over: pnpm adopt --production")
      : pass(`${environment} runs nothing yet, so there is nothing to go back to`);
  }
  if (!release.commit) {
    return refuse(
      `${environment} was deployed outside git, so its rollback point has no commit to be on`,
      "pnpm adopt --production",
    );
  }
  if (!commitExists) {
    return refuse(
      `git has no commit ${release.commit}, which ${environment} was deployed from`,
      "Fetch it: git fetch --all",
    );
  }
  const whereTo = !remote
    ? "kept here only, as git has no remote"
    : remote.unreachable
      ? `kept here only, as ${remote.name} does not answer (${remote.unreachable})`
      : `sent to ${remote.name}`;
  return pass(`release ${release.id} at ${release.commit.slice(0, 12)}; its rollback point is ${whereTo}`);
}

export function productionFree({ production: { environment, lockedBy }, wait }: GateFacts): Verdict {
  if (!lockedBy) return pass(`nobody changes ${environment}`);
  return wait
    ? pass(`waits for ${lockedBy}`)
    : refuse(`${environment} is locked by ${lockedBy}`, "Wait for it: --wait");
}
