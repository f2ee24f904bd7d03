import type { DesiredStack } from "../context/prepare.ts";

/** Whether the logins that a first deploy makes are in the environment file: without asking the services. */
export function loginsKnown({ envFile, model }: DesiredStack): boolean {
  return !model.services.n8n || Boolean(envFile.values.N8N_API_KEY);
}
