import { type Environment, UserError } from "@understudy/core";
import { recordedDeployment } from "./recorded.ts";
import { type DesiredStack, desiredStack, resolveProfile, type Target } from "./target.ts";
import { readEnvironmentFile } from "./variables.ts";

/** An environment that nothing was ever deployed to, or whose containers were all removed. */
export class NotDeployed extends UserError {
  constructor({ environment }: Target) {
    super(`${environment.name} is not deployed`, { next: `Deploy it: ${deployOf(environment)}` });
  }
}

/** What was deployed, not what the working tree says. @throws NotDeployed */
export async function stackOf(target: Target): Promise<DesiredStack> {
  const recorded = recordedDeployment(target);
  if (recorded) return await desiredStack(recorded.target, recorded.profile);
  const envFile = readEnvironmentFile(target);
  if (envFile.fresh) throw new NotDeployed(target);
  return await desiredStack(target, resolveProfile(target.environment, undefined), envFile);
}

/** The command that deploys an environment. */
export function deployOf({ name, kind }: Pick<Environment, "name" | "kind">): string {
  return `pnpm deploy:${kind}${name === kind ? "" : ` --environment ${name}`}`;
}
