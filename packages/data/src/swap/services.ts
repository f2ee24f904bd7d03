import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerInspectInfo, type Engine, statusOf, UserError } from "@understudy/core";
import { type DesiredStack, type Snapshot, serviceOf, takeSnapshot } from "@understudy/environment";
import { type HealthReport, healthCheck } from "@understudy/health";

/** Databases and the edge stay up: the edge answers for those that are away, Postgres renames. */
const staysUp = new Set(["postgres", "haproxy"]);

/** Containers that were running and were stopped, in the order to start them again. */
export type Stopped = readonly string[];

/** Containers that could write to an environment's data now, the oldest first. */
export function runningWriters({ containers }: Snapshot): ContainerInspectInfo[] {
  return [...containers.values()].filter((info) => info.State.Running && !staysUp.has(serviceOf(info))).sort(byAge);
}

/** Stop every service that could write to what is swapped. @returns what to start again. */
export async function stopServices(engine: Engine, { environment }: DesiredStack): Promise<Stopped> {
  const running = runningWriters(await takeSnapshot(engine, environment.stackName));
  await Promise.all(running.map((info) => engine.docker.getContainer(info.Id).stop().catch(alreadySo)));
  return running.map(({ Id }) => Id);
}

/** Start every container of a stack that does not run: also those that a killed run stopped. */
export async function startServices(engine: Engine, { environment }: DesiredStack): Promise<void> {
  const { containers } = await takeSnapshot(engine, environment.stackName);
  const down = [...containers.values()].filter(({ State }) => !State.Running);
  for (const info of down.sort(byAge)) await engine.docker.getContainer(info.Id).start().catch(alreadySo);
}

/** Wait until every health check is content that judges what is now. @throws UserError with what is not, when time is up. */
export async function awaitHealthy({ environment }: DesiredStack, report: (line: string) => void): Promise<void> {
  const deadline = Date.now() + environment.healthTimeoutSeconds * 1_000;
  for (;;) {
    const health = await healthCheck({ environment: environment.name, presentOnly: true });
    const bad = health.checks.filter(({ status }) => status === "unhealthy");
    if (bad.length === 0) return;
    report(`${bad.length} checks are not content yet`);
    if (Date.now() > deadline) throw notHealthy(health, environment.name);
    await sleep(1_000);
  }
}

function notHealthy({ checks }: HealthReport, environment: string): UserError {
  const bad = checks.filter(({ status }) => status === "unhealthy");
  const seen = bad.map(({ name, seen }) => `${name}: ${seen}`).join("; ");
  return new UserError(`${environment} is not healthy with the new data: ${seen}`, {
    next: `See pnpm health:check --environment ${environment} --verbose and pnpm logs`,
  });
}

function byAge(a: ContainerInspectInfo, b: ContainerInspectInfo): number {
  return a.Created.localeCompare(b.Created);
}

/** 304: it is stopped, or runs, already. */
function alreadySo(error: unknown): void {
  if (statusOf(error) !== 304) throw error;
}
