import { type Connection, quoteName } from "@understudy/postgres";

/** What is known of a service's database. */
interface ServiceDatabase {
  /** SQL that tells its last migration, in the column `migration`, and the table that it asks. */
  readonly migration: { readonly table: string; readonly sql: string };
  /** Tables of `public` whose rows belong to an installation: keys, sessions, its own settings. They do not travel. */
  readonly leftOut: readonly string[];
}

const alembic = { table: "public.alembic_version", sql: "SELECT version_num AS migration FROM public.alembic_version" };

/** By name of the database. One that is not here is the team's own: all of it travels. */
const known: Readonly<Record<string, ServiceDatabase>> = {
  n8n: {
    migration: {
      table: "public.migrations",
      sql: "SELECT name AS migration FROM public.migrations ORDER BY timestamp DESC LIMIT 1",
    },
    leftOut: ["deployment_key", "settings", "user_api_keys", "invalid_auth_token"],
  },
  letta: { migration: alembic, leftOut: [] },
  openwebui: { migration: alembic, leftOut: ["api_key", "config", "oauth_session"] },
};

/** `schema.name` of tables of a database that do not travel. */
export function leftOutOf(database: string): string[] {
  return (known[database]?.leftOut ?? []).map((table) => `public.${table}`);
}

/** The last migration of a service's database; null where none is known, or its service never ran. */
export async function migrationOf(session: Connection, database: string): Promise<string | null> {
  const migration = known[database]?.migration;
  if (!migration) return null;
  const [there] = await session.query("SELECT FROM pg_catalog.to_regclass($1) AS found WHERE found IS NOT NULL", [
    migration.table,
  ]);
  if (!there) return null;
  const [row] = await session.query<{ migration: string | null }>(migration.sql);
  return row?.migration ?? null;
}

/** As pg_dump takes a table's name literally: `"public"."user"`. */
export function dumpName(id: string): string {
  return id.split(".").map(quoteName).join(".");
}
