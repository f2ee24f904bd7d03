import { docker } from "./checks/docker.ts";
import { javascript } from "./checks/javascript.ts";
import { managedPostgres } from "./checks/managed-postgres.ts";
import { pulumi } from "./checks/pulumi.ts";
import { swarm } from "./checks/swarm.ts";
import { system } from "./checks/system.ts";
import { tools } from "./checks/tools.ts";
import type { Check, Context, Finding } from "./finding.ts";

export interface Diagnosis {
  /** False when something required is missing. */
  readonly ok: boolean;
  readonly requirements: readonly Finding[];
}

const checks: readonly Check[] = [system, javascript, docker, pulumi, tools, managedPostgres, swarm];

/** Every requirement, in a fixed order. Only looks: nothing is installed or started. */
export async function examine(context: Context): Promise<Diagnosis> {
  const requirements = (await Promise.all(checks.map((check) => check(context)))).flat();
  return { ok: !requirements.some(isBlocking), requirements };
}

/** Whether nothing will run before this one is mended. */
export function isBlocking({ required, status }: Finding): boolean {
  return required && status === "failed";
}
