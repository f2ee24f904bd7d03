import type { types } from "@pulumi/docker";
import type { Service } from "@understudy/compose";
import { shortDuration } from "./durations.ts";

/**
 * When a replica that ended is started again: `deploy.restart_policy`, for the rest `restart`, for the rest a swarm's own. What `restart` says
 * of one host's start, `no` where the files say nothing, is not said of a swarm: what it once stopped on a machine it would never start
 * there again. `deploy.restart_policy.condition: none` says it. Pure.
 */
export function restartPolicy({ restart, deploy }: Service): types.input.ServiceTaskSpecRestartPolicy {
  const { condition, delay, maxAttempts, window } = deploy?.restartPolicy ?? {};
  return {
    condition: condition ?? CONDITIONS[restart.name],
    delay: shortDuration(delay ?? 5_000),
    maxAttempts: maxAttempts ?? restart.maximumRetryCount ?? 0,
    window: shortDuration(window ?? 0),
  };
}

const CONDITIONS = { no: "any", always: "any", "unless-stopped": "any", "on-failure": "on-failure" } as const;
