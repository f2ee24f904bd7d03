import type { types } from "@pulumi/docker";
import type { Service, UpdateConfig } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { shortDuration } from "./durations.ts";
import { whyAlone } from "./nature.ts";
import { publishedPorts } from "./ports.ts";

/** ms; a swarm's own. One that has a health check counts as running only once it was healthy: its start is over by then. */
const WATCH_HEALTHY = 5_000;
/** ms; nothing but its end tells that one without a health check does not work. */
const WATCH_UNCHECKED = 15_000;

/**
 * How a new version takes the old one's place: beside it, where both may run at once, and back by itself when it fails.
 * Everything is said, so that a second run finds no difference and what leaves the files goes back to its default. Pure.
 * @param checked whether a health check tells when it works
 * @throws UserError for an order in which two would run that must not, and for a ratio that the provider does not keep
 */
export function updates(
  service: Service,
  checked: boolean,
): { updateConfig: types.input.ServiceUpdateConfig; rollbackConfig: types.input.ServiceRollbackConfig } {
  const { updateConfig, rollbackConfig } = service.deploy ?? {};
  const stopFirst = whyStopFirst(service);
  const usual = {
    order: stopFirst ? ("stop-first" as const) : ("start-first" as const),
    monitor: checked ? WATCH_HEALTHY : WATCH_UNCHECKED,
  };
  for (const [key, config] of Object.entries({ update_config: updateConfig, rollback_config: rollbackConfig })) {
    if (config?.order !== "start-first" || !stopFirst) continue;
    throw new UserError(`service ${service.name}: deploy.${key}.order is start-first, but ${stopFirst}`, {
      next: "Use stop-first, or leave it out",
    });
  }
  return {
    updateConfig: exchange(service, { ...usual, failureAction: "rollback" }, updateConfig),
    rollbackConfig: exchange(service, { ...usual, failureAction: "pause" }, rollbackConfig),
  };
}

function whyStopFirst(service: Service): string | undefined {
  const [port] = publishedPorts(service);
  return whyAlone(service) ?? (port && `port ${port.published ?? port.target} of a machine is for one at a time`);
}

type Usual = Pick<UpdateConfig, "failureAction"> & { order: "start-first" | "stop-first"; monitor: number };

function exchange(service: Service, usual: Usual, said: UpdateConfig | undefined) {
  return {
    parallelism: said?.parallelism ?? 1,
    delay: shortDuration(said?.delay ?? 0),
    failureAction: said?.failureAction ?? usual.failureAction,
    monitor: shortDuration(said?.monitor ?? usual.monitor),
    maxFailureRatio: ratioText(service.name, said?.maxFailureRatio ?? 0),
    order: said?.order ?? usual.order,
  };
}

/** With one decimal, which is all that the provider reads back. */
function ratioText(service: string, ratio: number): string {
  const text = ratio.toFixed(1);
  if (Number(text) !== ratio) {
    throw new UserError(
      `service ${service}: max_failure_ratio ${ratio} cannot be kept exactly by the Docker provider`,
      {
        next: `Use ${text}`,
      },
    );
  }
  return text;
}
