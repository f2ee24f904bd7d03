import { type ContainerInspectInfo, containerLines, passesOwnTest } from "@understudy/core";
import { deployOf } from "@understudy/environment";
import { duration as inWords } from "../../alerts/words.ts";
import type { Check, CheckContext, Observation } from "../check.ts";
import { recentDeaths } from "../deaths.ts";
import { hostTime } from "../engine-facts.ts";
import { containerObstacle } from "../obstacle.ts";
import { count, logsOf, size } from "../words.ts";
import { base, type CheckType, definition } from "./common.ts";

const schema = definition("container", "host", {}).refine(({ service }) => service !== "host", {
  path: ["service"],
  error: "name the service whose container it is",
});

/** A container that ended by itself is watched for so long before it counts as running well again, ms. */
const settling = 120_000;

const hour = 3_600_000;
const logLines = 10;

/** What log lines of a container that does not come up say most plainly. */
const telling: readonly RegExp[] = [
  /no space left on device/i,
  /password authentication failed for user "[^"]*"/i,
  /(java\.lang\.)?OutOfMemoryError.*|heap out of memory/i,
  /too many (clients|connections)[^"]*/i,
  /permission denied.*/i,
];

/**
 * Looks at a service's container as the engine sees it: runs, healthy by its own test, on its networks, with its volumes,
 * not killed for lack of memory, not ending again and again. Its thresholds are for the restarts of the last hour.
 */
export const container: CheckType<typeof schema> = {
  type: "container",
  schema,
  make: (definition): Check => ({
    ...base(definition, { unit: "restarts in the last hour", bad: "above" }),
    expected: "runs, healthy",
    look: async (context, signal) => {
      const observed = await observe(context, definition.service);
      if (observed.ok) return observed;
      const info = context.containers.get(definition.service);
      if (!info) return observed;
      const lines = await lastLines(context, info, signal);
      const said = struggles(info) && telling.flatMap((pattern) => pattern.exec(lines.join("\n"))?.[0] ?? [])[0];
      return { ...observed, lines, ...(said ? { seen: `${observed.seen}; its log says: ${said}` } : {}) };
    },
  }),
};

async function observe(context: CheckContext, service: string): Promise<Observation> {
  const obstacle = containerObstacle(context, service);
  const info = context.containers.get(service);
  if (obstacle || !info) return { ok: false, seen: obstacle?.seen ?? "", next: obstacle?.next };
  const { State, RestartCount } = info;
  const upFor = (await hostTime(context)) - Date.parse(State.StartedAt);
  const restarts = upFor < hour ? RestartCount : 0;
  const facts = { measured: restarts, figures: { restarts, up_seconds: Math.round(upFor / 1_000) } };
  const failed = (seen: string, next: string, severity?: "warning"): Observation => {
    return { ok: false, seen, next, ...facts, ...(severity ? { severity } : {}) };
  };

  const deaths = await recentDeaths(context, info, settling);
  const limit = info.HostConfig.Memory ? ` (limit ${size(info.HostConfig.Memory)})` : "";
  const starved = deaths.outOfMemory || (State.OOMKilled && RestartCount > 0 && upFor < settling);
  if (starved) {
    const seen = `lacks memory${limit}: the kernel killed a process of it, ${count(RestartCount, "restart")}`;
    return failed(seen, "Give it more: mem_limit in the compose files, then deploy");
  }
  if (RestartCount > 0 && upFor < settling) {
    const code = deaths.exitCode === undefined ? "" : ` with exit code ${deaths.exitCode}`;
    return failed(
      `ended by itself${code} ${inWords(upFor)} ago, ${count(RestartCount, "restart")}`,
      logsOf(context, service),
    );
  }
  const unmounted = missingVolumes(context, service, info);
  if (unmounted.length) {
    return failed(`volume ${unmounted.join(", ")} is not mounted`, deployOf(context.stack.environment));
  }
  const { Status: found, Log: asked = [] } = State.Health ?? {};
  // The engine asks seldom: what it found may be over, and one that it has not asked yet is not in doubt.
  const doubted = found === "unhealthy" || (found === "starting" && asked.length > 0);
  if (doubted && !(await passesOwnTest(context.engine, info))) {
    if (found === "starting") {
      return failed(`is starting, for ${inWords(upFor)}`, "Wait for its health test to pass", "warning");
    }
    const said = asked.at(-1)?.Output.trim().split("\n").at(-1)?.slice(0, 200);
    return failed(`its own health test fails${said ? `: ${said}` : ""}`, logsOf(context, service));
  }
  return { ok: true, seen: `runs for ${inWords(upFor)}, ${count(RestartCount, "restart")}`, ...facts };
}

/** Volumes of the compose files that a container has not, by where they belong in it. */
function missingVolumes({ model }: CheckContext, service: string, { Mounts }: ContainerInspectInfo): string[] {
  const wanted = model.services[service]?.volumes ?? [];
  return wanted
    .filter(({ type, target }) => type === "volume" && !Mounts.some(({ Destination }) => Destination === target))
    .map(({ target }) => target);
}

/** It cannot do what it wants to; one that somebody stopped or paused says nothing of that in its log. */
function struggles({ State, RestartCount }: ContainerInspectInfo): boolean {
  return (
    State.Restarting || (State.Running && !State.Paused && (RestartCount > 0 || State.Health?.Status === "unhealthy"))
  );
}

async function lastLines({ engine }: CheckContext, info: ContainerInspectInfo, signal: AbortSignal): Promise<string[]> {
  const lines = containerLines(engine, info, { follow: false, tail: logLines, signal });
  // What was seen matters more than its evidence.
  return await Array.fromAsync(lines).catch(() => []);
}
