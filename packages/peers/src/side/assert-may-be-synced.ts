import { UserError } from "@understudy/core";
import { isOwn } from "../plan/own-tables.ts";
import type { TablePlan } from "../plan/plan.ts";

/** The one who plans may be the other server: what stays on ours is neither sent nor written, whatever it asks for. @throws UserError */
export function assertMayBeSynced(
  tables: readonly Pick<TablePlan, "table" | "name">[],
  leaveOut: readonly string[],
): void {
  for (const { table, name } of tables) {
    if (isOwn(name)) throw stays(table, "each server has its own");
    if (leaveOut.includes(table)) throw stays(table, "its peers.leaveOut names it");
  }
}

function stays(table: string, why: string): UserError {
  return new UserError(`${table} stays as it is on this server: ${why}`, { next: "Start the full sync again" });
}
