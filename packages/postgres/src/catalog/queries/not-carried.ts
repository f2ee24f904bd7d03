import type { Connection } from "../../connect.ts";
import type { Catalog } from "../catalog.ts";

/**
 * What a dump of one database leaves out, or what must not work in a copy: it would reach for other servers. Settings are
 * told by name alone, as values may be secrets.
 */
export async function readNotCarried(connection: Connection): Promise<Catalog["notCarried"]> {
  return await connection.query<Catalog["notCarried"][number]>(notCarried);
}

const notCarried = `
  WITH here AS (SELECT oid, dattablespace, datacl FROM pg_database WHERE datname = current_database())
  SELECT kind, name FROM (
    SELECT 'subscription' AS kind, s.subname::text AS name FROM pg_subscription s JOIN here ON s.subdbid = here.oid
    UNION ALL SELECT 'replication slot', slot_name::text FROM pg_replication_slots WHERE database = current_database()
    UNION ALL SELECT 'user mapping', coalesce(usename, 'public') || ' on ' || srvname FROM pg_user_mappings
    UNION ALL
    SELECT 'setting', coalesce('of role ' || r.rolname || ': ', '') || split_part(unnest(s.setconfig), '=', 1)
    FROM pg_db_role_setting s JOIN here ON s.setdatabase = here.oid LEFT JOIN pg_roles r ON r.oid = s.setrole
    UNION ALL
    SELECT 'grant on the database', acl.privilege_type || ' to ' || coalesce(r.rolname, 'public')
    FROM here CROSS JOIN LATERAL aclexplode(here.datacl) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
    UNION ALL
    SELECT DISTINCT 'tablespace', t.spcname::text FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
    WHERE t.spcname !~ '^pg_'
  ) AS found ORDER BY kind, name COLLATE "C"`;
