import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ComposeModel } from "@understudy/compose";
import { UserError } from "@understudy/core";
import type { Target } from "./target.ts";

/** Laid over the others where somebody else runs Postgres. */
export const managedPostgresFile = "docker-compose.managed-postgres.yml";

/** A database that a deploy makes on a managed server, with a role of its name as its owner. */
export interface ManagedDatabase {
  readonly name: string;
  /** The variable of the role's password in the environment file. */
  readonly variable: string;
  readonly extension: string | undefined;
}

/** The server that somebody else runs, behind the service `postgres`. */
export interface ManagedPostgres {
  /** `host:port`, for people. */
  readonly place: string;
  /** Its administrator, who need not be a superuser. */
  readonly user: string;
  readonly databases: readonly ManagedDatabase[];
  /** The image, as compose files name it, of a Postgres to try backups in. */
  readonly trial: string;
}

const service = "postgres";
const labels = { place: "understudy.managed", databases: "understudy.databases", trial: "understudy.trial" } as const;

/** By what was deployed, or is to be; undefined: the stack's own Postgres. @throws UserError for a label that says nothing */
export function managedPostgres(model: ComposeModel): ManagedPostgres | undefined {
  const said = model.services[service]?.labels ?? {};
  const place = said[labels.place];
  if (!place) return undefined;
  const databases = (said[labels.databases] ?? "").split(/\s+/).filter(Boolean).map(readDatabase);
  return { place, user: postgresUser(model), databases, trial: said[labels.trial] ?? "" };
}

/** Who administers the Postgres of a stack. */
export function postgresUser(model: ComposeModel): string {
  return model.services[service]?.environment.POSTGRES_USER || "postgres";
}

/** `name=VARIABLE+extension`, the extension as it may be. */
function readDatabase(text: string): ManagedDatabase {
  const { name, variable, extension } =
    /^(?<name>[\w-]+)=(?<variable>\w+)(?:\+(?<extension>[\w-]+))?$/.exec(text)?.groups ?? {};
  if (name && variable) return { name, variable, extension };
  throw new UserError(`service ${service}: label ${labels.databases} has "${text}", which names no database`, {
    next: `Write name=VARIABLE or name=VARIABLE+extension in compose/${managedPostgresFile}`,
  });
}

/** What the compose file of a managed server asks for; nothing without one. */
export function externalPostgresVariables(target: Target): Record<string, string> {
  const { external } = target.environment.postgres;
  if (!external) return {};
  const file = caFile(target);
  if (file && !existsSync(file)) {
    throw new UserError(`${file} is missing, the CA of ${external.host}`, {
      next: `Put it there, or correct postgres.external.tls.ca of ${target.environment.name} in understudy.yml`,
    });
  }
  return {
    POSTGRES_EXTERNAL_HOST: external.host,
    POSTGRES_EXTERNAL_PORT: String(external.port),
    POSTGRES_EXTERNAL_USER: external.user,
    POSTGRES_EXTERNAL_TLS_NAME: external.tls.name ?? external.host,
    POSTGRES_EXTERNAL_CA: file ? readFileSync(file, "utf8") : "",
  };
}

/** The file with the certificates that a managed server's is checked against; undefined: those that are trusted anyway. */
export function caFile({
  environment,
  installation,
}: Pick<Target, "environment" | "installation">): string | undefined {
  const ca = environment.postgres.external?.tls.ca;
  return ca && resolve(installation.root, ca);
}
