import type { Check } from "../check.ts";
import { define } from "../registry.ts";
import { databaseLogin, type Login } from "./database-login.ts";

const port = 5678;

export function n8n(): Check[] {
  return [
    define({ name: "n8n readiness", type: "http", service: "n8n", port, path: "/healthz/readiness" }),
    databaseLogin("n8n database", "n8n", loginOfN8n),
    define({ name: "n8n workflows", type: "workflow" }),
  ];
}

/** How n8n logs in to its database, by the variables of its container; undefined when they do not tell. */
export function loginOfN8n(env: Readonly<Record<string, string>>): Login | undefined {
  const { DB_POSTGRESDB_HOST: host, DB_POSTGRESDB_USER: user, DB_POSTGRESDB_PASSWORD: password } = env;
  const { DB_POSTGRESDB_DATABASE: database, DB_POSTGRESDB_PORT = "5432" } = env;
  return host && user && password && database
    ? { host, port: Number(DB_POSTGRESDB_PORT), user, password, database }
    : undefined;
}
