import { expect, it } from "vitest";
import { type Migrations, pendingMigrations } from "./pending.ts";

const noted = (tables: Record<string, string[]>): Migrations =>
  new Map(Object.entries(tables).map(([table, names]) => [table, { database: table.split(" ")[0] ?? "", names }]));

it("tells what production is still to go through", () => {
  const production = noted({ "n8n public.migrations": ["A1", "B2"], "letta public.alembic_version": ["17"] });
  const staging = noted({ "n8n public.migrations": ["A1", "B2", "C3"], "letta public.alembic_version": ["18"] });
  expect(pendingMigrations(production, staging)).toEqual({
    migrations: [
      { database: "n8n", name: "C3" },
      { database: "letta", name: "18" },
    ],
    unknown: [],
  });
  expect(pendingMigrations(production, production)).toEqual({ migrations: [], unknown: [] });
});

it("tells what only production went through", () => {
  const production = noted({ "n8n public.migrations": ["A1", "B2"], "app public.schema_migrations": ["1"] });
  expect(pendingMigrations(production, noted({ "n8n public.migrations": ["A1"] })).unknown).toEqual([
    { database: "n8n", name: "B2" },
    { database: "app", name: "1" },
  ]);
});

it("takes every migration of a database that production does not have yet as still to run", () => {
  expect(pendingMigrations(new Map(), noted({ "app public.migrations": ["A1"] })).migrations).toEqual([
    { database: "app", name: "A1" },
  ]);
});
