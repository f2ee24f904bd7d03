import { expect, it } from "vitest";
import { migratedDatabases } from "./migrated.ts";

const changed = (database: string, table: string) => ({ database, table, rowsThen: 1, rowsNow: 2 });

it("tells which databases were migrated, by the tables in which tools note it", () => {
  const tables = [
    changed("n8n", "public.migrations"),
    changed("letta", "public.alembic_version"),
    changed("letta", "letta.schema_migrations"),
    changed("app", "public.migrations_of_birds"),
    changed("app", "public.orders"),
  ];
  expect(migratedDatabases(tables)).toEqual(["n8n", "letta"]);
});
