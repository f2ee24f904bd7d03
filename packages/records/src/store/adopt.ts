import { UserError } from "@understudy/core/light";
import { quoteName } from "@understudy/postgres/quote";
import type { Entity, EntityDescription } from "../entity.ts";
import type { Dialect, Role } from "./dialect.ts";
import { takeIn } from "./take-in.ts";
import { run, type Work } from "./work.ts";

/** Make tables that are missing, let those take part that do not, add columns that are new. */
export function* adopt(dialect: Dialect, described: readonly EntityDescription[], role: Role): Work<void> {
  for (const { name, columns } of described) {
    const table = quoteName(name);
    const declared = (some: EntityDescription["columns"]) =>
      some.map((column) => `${quoteName(column.name)} ${dialect.declare(column)}`);
    if (!(yield* find(dialect, name))) {
      yield* run(`CREATE TABLE IF NOT EXISTS ${table} (${declared(columns)})`);
      if (!(yield* find(dialect, name))) yield* dialect.enable(name, role);
    }
    const known = new Set((yield* find(dialect, name))?.columns.map((column) => column.name));
    for (const column of declared(columns.filter((one) => !known.has(one.name)))) {
      yield* run(`ALTER TABLE ${table} ADD COLUMN ${column}`);
    }
  }
  yield* takeIn(dialect, role);
}

/** @throws UserError where a program says other kinds than its database */
export function* assertDescribed(dialect: Dialect, described: readonly EntityDescription[]): Work<void> {
  for (const { name, columns } of described) {
    const found = new Map((yield* find(dialect, name))?.columns.map((column) => [column.name, column]));
    for (const { name: column, kind } of columns) {
      const there = found.get(column);
      if (!there || there.kind === kind) continue;
      throw new UserError(
        `Column "${column}" of "${name}" is described as ${kind}, and is ${there.type} in the database`,
        { next: `Describe it as .meta({ kind: "${there.kind}" }), or change the table` },
      );
    }
  }
}

function* find(dialect: Dialect, name: string): Work<Entity | undefined> {
  return (yield* dialect.entities()).find((entity) => entity.name === name);
}
