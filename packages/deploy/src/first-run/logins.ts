import { readFileSync } from "node:fs";
import { parseEnvFile, readFact, writeFact } from "@understudy/core";
import { type DesiredStack, managedPostgres } from "@understudy/environment";

/** How a person gets into a service. */
export interface Login {
  readonly service: string;
  readonly user: string;
  /** The variable of the environment file that holds the secret. */
  readonly variable: string;
  readonly secret: string;
}

/** Per service: the user, by name or by the variable that holds it, and the variable of the secret. */
const known: readonly { service: string; user?: string; userVariable?: string; variable: string }[] = [
  { service: "n8n", userVariable: "N8N_OWNER_EMAIL", variable: "N8N_OWNER_PASSWORD" },
  { service: "n8n", user: "API key", variable: "N8N_API_KEY" },
  { service: "open-webui", userVariable: "WEBUI_ADMIN_EMAIL", variable: "WEBUI_ADMIN_PASSWORD" },
  { service: "letta", user: "bearer token", variable: "LETTA_SERVER_PASSWORD" },
  { service: "neo4j", user: "neo4j", variable: "NEO4J_PASSWORD" },
  { service: "postgres", user: "postgres", variable: "POSTGRES_PASSWORD" },
];

/** The logins of an environment that were never shown. */
export function unshownLogins({ installation, environment, envFile, model }: DesiredStack): Login[] {
  if (readFact<boolean>(installation, environment.name, "logins-shown")) return [];
  const values = parseEnvFile(readFileSync(envFile.path, "utf8"));
  // The administrator of a managed server is known to who named them.
  const given = managedPostgres(model) ? "postgres" : undefined;
  return known.flatMap(({ service, user, userVariable, variable }) => {
    const secret = values[variable];
    if (!secret || !model.services[service] || service === given) return [];
    return [{ service, user: user ?? values[userVariable ?? ""] ?? "", variable, secret }];
  });
}

/** From now on they count as shown. */
export function markShown({ installation, environment }: DesiredStack): void {
  writeFact(installation, environment.name, "logins-shown", true);
}

/** Whether the logins that a first deploy makes are in the environment file: without asking the services. */
export function loginsKnown({ envFile, model }: DesiredStack): boolean {
  return !model.services.n8n || Boolean(envFile.values.N8N_API_KEY);
}
