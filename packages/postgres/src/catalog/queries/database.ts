import type { Connection } from "../../connect.ts";
import type { Catalog } from "../catalog.ts";

type Facts = Pick<Catalog, "database" | "serverVersion" | "extensions" | "roles" | "largeObjects">;

/** What is of the database as a whole. */
export async function readDatabase(connection: Connection): Promise<Facts> {
  const [facts] = await connection.query<Facts>(database);
  return facts as Facts;
}

// pg_shdepend does not tell of what the first superuser owns.
const database = `
  SELECT current_database() AS database, current_setting('server_version_num')::int AS "serverVersion",
    (SELECT coalesce(json_agg(json_build_object('name', extname, 'version', extversion) ORDER BY extname), '[]')
      FROM pg_extension) AS extensions,
    ARRAY(SELECT rolname::text FROM pg_roles WHERE oid IN (
        SELECT s.refobjid FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
        WHERE d.datname = current_database() AND s.refclassid = 'pg_authid'::regclass
        UNION SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') ORDER BY rolname COLLATE "C") AS roles,
    (SELECT json_build_object('count', count(*), 'bytes',
        CASE WHEN count(*) > 0 THEN pg_table_size('pg_largeobject'::regclass) ELSE 0 END)
      FROM pg_largeobject_metadata) AS "largeObjects"`;
