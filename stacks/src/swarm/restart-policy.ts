import type { types } from "@pulumi/docker";
import type { Service } from "@understudy/compose";
import { shortDuration } from "./durations.ts";

/** When a replica that ended is started again: `deploy.restart_policy`, for the rest `restart`, for the rest a swarm's own. Pure. */
export function restartPolicy({ restart, deploy }: Service): types.input.ServiceTaskSpecRestartPolicy {
  const { condition, delay, maxAttempts, window } = deploy?.restartPolicy ?? {};
  return {
    condition: condition ?? CONDITIONS[restart.name],
    delay: shortDuration(delay ?? 5_000),
    maxAttempts: maxAttempts ?? restart.maximumRetryCount ?? 0,
    window: shortDuration(window ?? 0),
  };
}

const CONDITIONS = { no: "none", always: "any", "unless-stopped": "any", "on-failure": "on-failure" } as const;
