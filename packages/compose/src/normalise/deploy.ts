import type { Deploy, Placement, TaskRestart, UpdateConfig } from "../model.ts";
import { child, itemsOf } from "../tree/tree.ts";
import type { Fields } from "./fields.ts";

/** What `deploy` says beside its resources and replicas. What is empty counts as not said: other programs print `placement: {}`. */
export function readDeploy(service: Fields): Deploy | undefined {
  const deploy = service.inside("deploy");
  const mode = deploy.choice("mode", "replicated", "global");
  if (mode === "global" && deploy.get("replicas")) {
    deploy.refuse("replicas", "goes with 'mode: replicated'; with 'global' one runs on each machine", "Remove one");
  }
  return said({
    mode,
    endpointMode: deploy.choice("endpoint_mode", "vip", "dnsrr"),
    placement: said(readPlacement(deploy.inside("placement"))),
    updateConfig: said(readExchange(deploy.inside("update_config"), ["continue", "rollback", "pause"])),
    rollbackConfig: said(readExchange(deploy.inside("rollback_config"), ["continue", "pause"])),
    restartPolicy: said(readRestartPolicy(deploy.inside("restart_policy"))),
  });
}

function readPlacement(placement: Fields): Placement {
  return {
    constraints: placement.list("constraints"),
    spread: itemsOf(placement.get("preferences")).flatMap((item) => {
      const spread = child(item, "spread");
      return spread?.kind === "scalar" ? [String(spread.value)] : [];
    }),
    maxReplicasPerNode: notNegative(placement, "max_replicas_per_node"),
  };
}

function readExchange<Action extends string>(config: Fields, actions: Action[]): UpdateConfig<Action> {
  const maxFailureRatio = config.decimal("max_failure_ratio");
  if (maxFailureRatio !== undefined && maxFailureRatio > 1) {
    config.refuse("max_failure_ratio", `is ${maxFailureRatio}, which is more than all`, "Use a number from 0 to 1");
  }
  return {
    parallelism: notNegative(config, "parallelism"),
    delay: config.duration("delay"),
    failureAction: config.choice("failure_action", ...actions),
    monitor: config.duration("monitor"),
    maxFailureRatio,
    order: config.choice("order", "start-first", "stop-first"),
  };
}

function readRestartPolicy(policy: Fields): TaskRestart {
  return {
    condition: policy.choice("condition", "none", "on-failure", "any"),
    delay: policy.duration("delay"),
    maxAttempts: notNegative(policy, "max_attempts"),
    window: policy.duration("window"),
  };
}

function notNegative(fields: Fields, key: string): number | undefined {
  const value = fields.integer(key);
  if (value !== undefined && value < 0) fields.refuse(key, `is ${value}, which is less than 0`);
  return value;
}

function said<T extends object>(value: T): T | undefined {
  const some = Object.values(value).some((entry) => (Array.isArray(entry) ? entry.length > 0 : entry !== undefined));
  return some ? value : undefined;
}
