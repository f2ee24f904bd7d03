import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { healthCheck } from "@understudy/health";
import { EdgeErrors } from "./edge-errors.ts";
import { runPresentTests } from "./workflow-tests.ts";

/** ms between two looks. */
const pace = 3_000;
/** A look can fail by itself: so many in a row do not. */
const tolerated = 1;

/**
 * Watch an environment for a while: every health check that judges the present, and how many requests fail at its edge; then the
 * workflow tests that are safe where it is.
 * @throws UserError naming what is not as it should be
 */
export async function settle(
  target: Target,
  engine: Engine,
  { say, report }: { say: (line: string) => void; report: (line: string) => void },
): Promise<void> {
  const { name: environment } = target.environment;
  const { settleSeconds: seconds, errorPercent } = target.settings.promote;
  await using errors = await EdgeErrors.watch(engine, target.environment);
  const end = Date.now() + seconds * 1_000;
  for (let failures = 0; ; ) {
    const { checks } = await healthCheck({ environment, presentOnly: true });
    const unhealthy = checks.filter(({ status }) => status === "unhealthy").map(({ name, seen }) => `${name}: ${seen}`);
    const failing = await errors.problem(errorPercent);
    const bad = failing ? [...unhealthy, failing] : unhealthy;
    failures = bad.length ? failures + 1 : 0;
    if (failures > tolerated) throw new UserError(`${environment} is not healthy: ${bad.join("; ")}`);
    const left = Math.ceil((end - Date.now()) / 1_000);
    if (left <= 0 && failures === 0) break;
    report(failures ? "not healthy, looking again" : `healthy; watching for ${left} s more`);
    await sleep(pace);
  }
  const failed = (await runPresentTests(target, say)).filter(({ status }) => status === "failed");
  if (failed.length === 0) return;
  throw new UserError(
    `workflow tests fail on ${environment}: ${failed.map(({ name, seen, error }) => `${name}: ${error ?? seen}`).join("; ")}`,
  );
}
