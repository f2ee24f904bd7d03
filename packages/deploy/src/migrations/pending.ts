import type { Rehearsal } from "../receipt/receipt.ts";

/** Names of the migrations that ran, in the order of their names, by database and table. */
export type Migrations = ReadonlyMap<string, { readonly database: string; readonly names: readonly string[] }>;

/** What tells two environments' migrations apart: those that production is still to go through, and those that only production went through. Pure. */
export function pendingMigrations(
  production: Migrations,
  staging: Migrations,
): Pick<Rehearsal, "migrations" | "unknown"> {
  return { migrations: missingIn(production, staging), unknown: withoutPointers(production, staging) };
}

function missingIn(one: Migrations, other: Migrations): Rehearsal["migrations"] {
  return [...other].flatMap(([table, { database, names }]) => {
    const known = new Set(one.get(table)?.names);
    return names.filter((name) => !known.has(name)).map((name) => ({ database, name }));
  });
}

/** A tool that notes only the newest migration, as Alembic does, has forgotten production's when it has gone beyond it. */
function withoutPointers(production: Migrations, staging: Migrations): Rehearsal["unknown"] {
  const isPointer = (table: string) =>
    production.get(table)?.names.length === 1 && staging.get(table)?.names.length === 1;
  const histories = new Map([...production].filter(([table]) => !isPointer(table)));
  return missingIn(staging, histories);
}
