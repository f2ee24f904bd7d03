import { UserError } from "@understudy/core";
import type { Look } from "../plan/look.ts";

/** @throws UserError when tables, columns or keys are not those that the plan was made from */
export function assertSameSchema(look: Look, fingerprint: string): void {
  if (look.fingerprint === fingerprint) return;
  throw new UserError(`The schema of database "${look.database}" was changed while the full sync ran`, {
    next: "Start it again: it makes a new plan",
  });
}
