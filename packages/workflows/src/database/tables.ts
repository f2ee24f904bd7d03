import { UserError } from "@understudy/core";
import { type Connection, quoteTable } from "@understudy/postgres";

/** Where n8n keeps its tables: its settings DB_POSTGRESDB_SCHEMA and DB_TABLE_PREFIX. */
export interface Location {
  readonly schema: string;
  readonly prefix: string;
}

/** n8n's tables as one database has them. */
export interface N8nTables extends Location {
  readonly session: Connection;
  /** A table as SQL, with its schema and prefix. */
  of(name: string): string;
  /** Whether a column is there: they differ by n8n's version. */
  has(table: string, column: string): boolean;
  columns(table: string): ReadonlySet<string>;
  /** n8n's, e.g. `2.41.1`. */
  readonly version: string;
}

/** The major versions whose tables are known here. */
const known: readonly string[] = ["2"];

/** Columns without which nothing here would be right; whatever else a version has, or lacks, is looked up. */
const required: Readonly<Record<string, readonly string[]>> = {
  workflow_entity: [
    ...["id", "name", "active", "nodes", "connections", "settings", "isArchived", "versionId", "activeVersionId"],
    ...["createdAt", "updatedAt"],
  ],
  workflow_history: ["versionId", "workflowId", "nodes", "connections", "authors", "createdAt", "updatedAt"],
  shared_workflow: ["workflowId", "projectId", "role"],
  project: ["id", "name", "type"],
  project_relation: ["projectId", "userId", "role"],
  user: ["id", "roleSlug", "createdAt"],
  credentials_entity: ["id", "name", "type", "data"],
  workflows_tags: ["workflowId", "tagId"],
  tag_entity: ["id", "name"],
  webhook_entity: ["webhookPath", "method", "workflowId"],
  instance_version_history: ["major", "minor", "patch", "createdAt"],
};

/** Those that a version may have. */
const optional: readonly string[] = [
  "folder",
  "installed_packages",
  "shared_credentials",
  "workflow_publication_outbox",
];

export const standardLocation: Location = { schema: "public", prefix: "" };

/**
 * Look at n8n's tables. Reads only.
 * @throws UserError for a database that is not n8n's, and for a version that is not known here
 */
export async function openTables(session: Connection, location: Location = standardLocation): Promise<N8nTables> {
  const { schema, prefix } = location;
  const columns = await readColumns(session, location);
  if (!columns.has("workflow_entity")) throw await notN8n(session, location);
  const of = (name: string) => quoteTable({ schema, name: `${prefix}${name}` });
  const missing = Object.entries(required).flatMap(([table, names]) =>
    names.filter((name) => !columns.get(table)?.has(name)).map((name) => `${table}.${name}`),
  );
  const version = columns.has("instance_version_history") ? await readVersion(session, of) : undefined;
  if (missing.length || !version || !known.includes(version.split(".")[0] ?? ""))
    throw unknownVersion(version, missing);
  return {
    ...{ session, schema, prefix, of, version },
    has: (table, column) => columns.get(table)?.has(column) ?? false,
    columns: (table) => columns.get(table) ?? new Set(),
  };
}

async function readColumns(session: Connection, { schema, prefix }: Location): Promise<Map<string, Set<string>>> {
  const names = [...Object.keys(required), ...optional];
  const rows = await session.query<{ table: string; column: string }>(
    `SELECT table_name::text AS table, column_name::text AS column FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = ANY($2)`,
    [schema, names.map((name) => `${prefix}${name}`)],
  );
  const found = new Map<string, Set<string>>();
  for (const { table, column } of rows) {
    const name = table.slice(prefix.length);
    found.set(name, (found.get(name) ?? new Set()).add(column));
  }
  return found;
}

async function readVersion(session: Connection, of: N8nTables["of"]): Promise<string | undefined> {
  const [row] = await session.query<{ version: string }>(
    `SELECT concat_ws('.', major, minor, patch) AS version FROM ${of("instance_version_history")}
     ORDER BY "createdAt" DESC, major DESC, minor DESC, patch DESC LIMIT 1`,
  );
  return row?.version;
}

async function notN8n(session: Connection, { schema, prefix }: Location): Promise<UserError> {
  const [elsewhere] = await session.query<{ schema: string; table: string }>(
    `SELECT table_schema::text AS schema, table_name::text AS table FROM information_schema.tables
     WHERE table_name LIKE '%workflow\\_entity' AND table_schema NOT IN ('pg_catalog', 'information_schema') LIMIT 1`,
  );
  const looked = `"${schema}"."${prefix}workflow_entity"`;
  if (!elsewhere) {
    return new UserError(`This database is not n8n's: it has no table ${looked}`, {
      next: "Name n8n's database; or, if n8n never started on it, start n8n once",
    });
  }
  const found = `"${elsewhere.schema}"."${elsewhere.table}"`;
  return new UserError(`n8n's tables are not where they are looked for: ${looked} is missing, ${found} is there`, {
    next: "Set DB_POSTGRESDB_SCHEMA and DB_TABLE_PREFIX to what n8n runs with",
  });
}

function unknownVersion(version: string | undefined, missing: readonly string[]): UserError {
  const lacks = missing.length ? ` (it has no ${missing.slice(0, 3).join(", ")})` : "";
  return new UserError(
    `n8n ${version ?? "of this age"}${lacks} is not known here, only ${known.map((major) => `${major}.x`).join(", ")}`,
    { next: "Run a known version, let it end its own migrations, or look whether Understudy has an update" },
  );
}
