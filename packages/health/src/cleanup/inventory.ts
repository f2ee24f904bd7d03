import { type Engine, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { takeHostInventory } from "./host.ts";
import { logFiles } from "./logs.ts";
import type { Inventory } from "./plan.ts";
import { takeReleaseInventory } from "./releases.ts";

/** Look at everything that a clean-up is decided from. `engine` is why there is none, when it could not be reached. */
export async function takeInventory(target: Target, engine: Engine | UserError): Promise<Inventory> {
  const { installation, environment, settings } = target;
  return {
    environment: environment.name,
    now: Date.now(),
    retention: settings.retention,
    logs: logFiles(installation, environment.name),
    stack: await takeStackInventory(target, engine),
  };
}

async function takeStackInventory(
  { installation, environment, settings }: Target,
  engine: Engine | UserError,
): Promise<Inventory["stack"]> {
  const environments = Object.entries(settings.environments);
  try {
    if (engine instanceof UserError) throw engine;
    const stacks = environments.map(([name]) => `${settings.project}-${name}`);
    const neighbours = environments.filter(([, { host }]) => host === environment.host).map(([name]) => name);
    return {
      ...(await takeHostInventory(engine, stacks)),
      ...(await takeReleaseInventory(installation)),
      here: new Set(neighbours),
    };
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}
