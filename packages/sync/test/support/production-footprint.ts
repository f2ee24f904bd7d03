import type { Stage } from "./stage.ts";

/** What a copy could leave in production's Postgres: roles, objects, settings, sessions of ours, transactions, large objects. */
export async function footprint(stage: Stage): Promise<string> {
  const schema = await stage.exec("production", "postgres", ["pg_dumpall", "-U", "postgres", "--schema-only"]);
  const left = await stage.sql(
    "production",
    "app",
    `SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name ~ 'understudy|pg_dump'),
       (SELECT count(*) FROM pg_prepared_xacts), (SELECT count(*) FROM pg_replication_slots),
       (SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname LIKE 'pg_temp%'),
       (SELECT count(*) FROM pg_largeobject_metadata)`,
  );
  // pg_dump's own keys against injection differ in every run.
  return [schema.replaceAll(/^\\(un)?restrict .*$/gm, ""), left].join("\n");
}
