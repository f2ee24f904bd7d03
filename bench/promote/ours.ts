import type { PromoteReport } from "../../packages/deploy/src/promotion/promote.ts";
import type { RollbackReport } from "../../packages/deploy/src/rollback/rollback.ts";
import { describeTrial } from "./report.ts";
import { runVerb } from "./run-verb.ts";
import type { Stage } from "./stage.ts";
import { type Series, type Setting, type Took, type Trial, underLoad } from "./under-load.ts";

/** Promote under load and go back, code only, again and again. @param hold what the stage was opened with */
export async function changeWithOurs(setting: Setting, runs: number, hold: boolean): Promise<Series[]> {
  const { stage, say } = setting;
  const names = ["promote", "rollback --tag"].map((verb) => (hold ? verb : `${verb}, without hold and overlap`));
  const [promotions, rollbacks]: [Trial[], Trial[]] = [[], []];
  for (let run = 1; run <= runs; run++) {
    const promoted = await underLoad(setting, () => promote(stage));
    promotions.push(promoted);
    say(`${names[0]}: run ${run} of ${runs}, ${describeTrial(promoted)}`);
    const back = await underLoad(setting, () => rollback(stage, promoted.did.tag));
    rollbacks.push(back);
    say(`${names[1]}: run ${run} of ${runs}, ${describeTrial(back)}`);
  }
  return [promotions, rollbacks].map((trials, index) => ({ name: names[index] ?? "", trials }));
}

/** @returns what it took, and the point that leads back */
export async function promote(stage: Stage) {
  const { report, seconds, memory } = await runVerb<PromoteReport>(stage, "promote", "--yes");
  return { seconds, memory, ...turnedOver(report), tag: report.tag ?? "" };
}

export async function rollback(stage: Stage, tag: string, ...flags: string[]) {
  const { report, seconds, memory } = await runVerb<RollbackReport>(stage, "rollback", "--tag", tag, "--yes", ...flags);
  return { seconds, memory, ...turnedOver(report) };
}

function turnedOver({ held }: PromoteReport | RollbackReport): Pick<Took, "held" | "served"> {
  return {
    held: Object.fromEntries(held.map((turnover) => [turnover.service, turnover.held])),
    ...(held.length ? { served: Math.max(...held.map(({ served }) => served)) / 1_000 } : {}),
  };
}
