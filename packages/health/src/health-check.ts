import { setTimeout as sleep } from "node:timers/promises";
import { describeHolder, openLog, UserError } from "@understudy/core";
import {
  chooseTarget,
  type DesiredStack,
  type EnvironmentChoice,
  NotDeployed,
  stackOf,
  type Target,
} from "@understudy/environment";
import type { Check, CheckContext, CheckResult, CheckStatus } from "./checks/check.ts";
import { checksOf } from "./checks/checks-of.ts";
import { engineDown, makeContext, openLook } from "./checks/look.ts";
import { runChecks } from "./checks/run-check.ts";

export interface HealthRequest extends EnvironmentChoice {
  /** Only these services or checks; all when it is empty or left away. */
  readonly only?: readonly string[];
  /** Leave out what judges the past: for whoever asks whether what came just now works. */
  readonly presentOnly?: boolean;
}

/** What `health:check --json` says; documented in docs/health.md. */
export interface HealthReport {
  readonly environment: string;
  readonly status: CheckStatus;
  readonly checks: readonly CheckResult[];
  readonly notApplicable: readonly NotApplicable[];
  /** Who is changing the stack now, in words. */
  readonly lockedBy: string | null;
}

/** A check that there was nothing to look at for, and why. */
export interface NotApplicable {
  readonly name: string;
  readonly why: string;
}

/** ms. */
const patience = 4_000;

/** Looks at the same time: most wait for an answer. */
const concurrency = 32;

/** Look once at everything of an environment. Changes nothing and takes no lock. @throws UserError when nothing is deployed. */
export async function healthCheck(request: HealthRequest): Promise<HealthReport> {
  const target = chooseTarget(request);
  const stack = await stackOf(target);
  const all = (await checksOf(stack)).filter(({ ofThePast }) => !(ofThePast && request.presentOnly));
  const checks = select(all, request.only ?? []);
  const report = await look(stack, checks);
  writeLog(target, report);
  return report;
}

async function look(stack: DesiredStack, checks: readonly Check[]): Promise<HealthReport> {
  const { name: environment, stackName } = stack.environment;
  try {
    await using open = await openLook(stack);
    const context = await makeContext(open);
    if (context.containers.size === 0) throw new NotDeployed(stack);
    const { applicable, notApplicable } = separate(checks, context);
    const [results, holder] = await Promise.all([
      runChecks(applicable, context, concurrency),
      // A hint only: not worth a wait.
      Promise.race([
        describeHolder(open.engine, stackName).catch(() => undefined),
        sleep(patience, undefined, { ref: false }),
      ]),
    ]);
    return { environment, status: worst(results), checks: results, notApplicable, lockedBy: holder ?? null };
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof NotDeployed) throw error;
    return { environment, status: "unhealthy", checks: [engineDown(error)], notApplicable: [], lockedBy: null };
  }
}

function separate(checks: readonly Check[], context: CheckContext) {
  const applicable: Check[] = [];
  const notApplicable: NotApplicable[] = [];
  for (const check of checks) {
    const why = check.notApplicable?.(context);
    if (why) notApplicable.push({ name: check.name, why });
    else applicable.push(check);
  }
  return { applicable, notApplicable };
}

function select(checks: readonly Check[], only: readonly string[]): readonly Check[] {
  const known = new Set(checks.flatMap(({ name, service }) => [name, service]));
  const unknown = only.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const services = [...new Set(checks.map(({ service }) => service))];
    throw new UserError(`--only: there is no service or check "${unknown}"`, {
      next: `Services: ${services.join(", ")}. Checks: ${checks.map(({ name }) => name).join(", ")}`,
      exitCode: 2,
    });
  }
  return only.length ? checks.filter(({ name, service }) => only.includes(name) || only.includes(service)) : checks;
}

function worst(results: readonly CheckResult[]): CheckStatus {
  const seen = new Set(results.map(({ status }) => status));
  return seen.has("unhealthy") ? "unhealthy" : seen.has("degraded") ? "degraded" : "healthy";
}

function writeLog({ installation, environment }: Target, { status, checks, lockedBy }: HealthReport): void {
  const log = openLog(installation, "health", "health-check");
  for (const { name: check, ...result } of checks) {
    log[result.status === "healthy" ? "info" : "warn"](
      { environment: environment.name, check, ...result },
      result.status,
    );
  }
  log.info({ environment: environment.name, status, checks: checks.length, lockedBy }, "health check ends");
}
