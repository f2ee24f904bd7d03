import type { Entity } from "../entity.ts";
import type { Dialect, Role } from "./dialect.ts";
import type { Work } from "./work.ts";

/** Find the tables that take part; those that did not before do from here on, with the rows that they have. */
export function* takeIn(dialect: Dialect, role: Role): Work<Entity[]> {
  const found = yield* dialect.entities();
  for (const entity of found) if (yield* dialect.capture(entity)) yield* dialect.enable(entity.name, role);
  return found;
}
