import { secrets, UserError } from "@understudy/core";
import type { DesiredStack, Target } from "@understudy/environment";
import { connect } from "@understudy/postgres";
import { openN8n } from "../database/open.ts";
import { openTables, standardLocation } from "../database/tables.ts";
import type { Source } from "../file/migration.ts";
import { databaseSource } from "./database.ts";
import { postgrestSource } from "./postgrest.ts";
import type { WorkflowSource } from "./source.ts";

/** Beginning of the variables that name a database outside understudy.yml. */
type Prefix = "PROD" | "LOCAL";

/**
 * The n8n that `PROD_DATABASE_URL`, or `PROD_SUPABASE_URL` with its key, name (or `LOCAL_…`), where one of them is set; it is not read
 * before anything was asked of it. Undefined without them.
 * @param environment what understudy.yml calls it
 * @throws UserError for an address that is none, or a key that is missing
 */
export async function openNamed(
  prefix: Prefix,
  environment: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<WorkflowSource | undefined> {
  const names = { environment, source: prefix === "PROD" ? "prod" : "dev" } as const;
  const address = env[`${prefix}_DATABASE_URL`];
  if (address) return await overDatabase(`${prefix}_DATABASE_URL`, address, names, env);
  const url = env[`${prefix}_SUPABASE_URL`];
  if (!url) return undefined;
  const key = env[`${prefix}_SUPABASE_SERVICE_KEY`] ?? env[`${prefix}_SUPABASE_KEY`];
  if (!key) {
    const name = prefix === "PROD" ? "PROD_SUPABASE_SERVICE_KEY" : "LOCAL_SUPABASE_KEY";
    throw new UserError(`${prefix}_SUPABASE_URL is set, and ${name} is not`, {
      next: "Set it to the service key of that project",
    });
  }
  secrets.add([key]);
  parseUrl(`${prefix}_SUPABASE_URL`, url, { protocols: ["https:", "http:"], example: "https://xxx.supabase.co" });
  return await postgrestSource({
    ...names,
    url,
    key,
    schema: env[`${prefix}_DATABASE_SCHEMA`] || standardLocation.schema,
  });
}

/** The n8n of an environment of understudy.yml. Production is only read, and Postgres sees to it. */
export async function openEnvironment(target: Target): Promise<WorkflowSource> {
  const side = await openN8n(target, { readOnly: target.environment.kind === "production" });
  return databaseSource(side.tables, { environment: target.environment.name, source: sourceOf(side.stack) }, side);
}

/** A laptop's staging is where workflows are made; a server's is one that many share. */
export function sourceOf({ environment, profile }: Pick<DesiredStack, "environment" | "profile">): Source {
  if (environment.kind === "production") return "prod";
  return profile.profile === "laptop" ? "dev" : "staging";
}

async function overDatabase(
  variable: string,
  address: string,
  names: Pick<WorkflowSource, "environment" | "source">,
  env: NodeJS.ProcessEnv,
): Promise<WorkflowSource> {
  const example = "postgres://user:password@host:5432/n8n";
  const url = parseUrl(variable, address, { protocols: ["postgres:", "postgresql:"], example });
  const password = decodeURIComponent(url.password);
  secrets.add([password]);
  await using opened = new AsyncDisposableStack();
  const session = opened.use(
    await connect({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || 5432),
      user: decodeURIComponent(url.username) || "postgres",
      password,
      database: decodeURIComponent(url.pathname.slice(1)) || "postgres",
      tls: tlsOf(variable, url.searchParams.get("sslmode")),
      ...{ timeout: 15_000, bulk: true, readOnly: names.source === "prod" },
    }),
  );
  const tables = await openTables(session, {
    schema: env[variable.replace("_URL", "_SCHEMA")] || standardLocation.schema,
    prefix: env[variable.replace("_URL", "_TABLE_PREFIX")] || standardLocation.prefix,
  });
  return databaseSource(tables, names, opened.move());
}

function parseUrl(
  variable: string,
  address: string,
  { protocols, example }: { readonly protocols: readonly string[]; readonly example: string },
): URL {
  const url = URL.parse(address);
  if (url && protocols.includes(url.protocol)) return url;
  // The value itself is not shown: it may have a password in it.
  throw new UserError(`${variable} is no address of that kind`, { next: `It looks like ${example}` });
}

/** As libpq has it: without a word, encrypted where the server wants it is not offered here, so no word means none. */
function tlsOf(variable: string, mode: string | null): "verified" | "any" | undefined {
  if (mode === null || mode === "disable") return undefined;
  if (mode === "require") return "any";
  if (mode === "verify-ca" || mode === "verify-full") return "verified";
  throw new UserError(`${variable} has sslmode=${mode}, which is not known here`, {
    next: "Take disable, require or verify-full",
    exitCode: 2,
  });
}
