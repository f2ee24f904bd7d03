import type { Beat } from "../checks/check.ts";
import type { Sql } from "./sql.ts";

/** The last sign of life of a scheduled job. */
export interface NamedBeat extends Beat {
  readonly name: string;
}

export function putBeat(sql: Sql, name: string, kind: Beat["kind"], at: number): void {
  sql.run`insert into beat (name, kind, at, success) values (${name}, ${kind}, ${at}, ${kind === "success" ? at : null})
    on conflict do update set kind = excluded.kind, at = excluded.at, success = coalesce(excluded.success, success)`;
}

/** Of every job that was ever heard of. */
export function lastBeats(sql: Sql): NamedBeat[] {
  return sql.all`select * from beat order by name`.map((row) => ({
    name: String(row.name),
    kind: row.kind as Beat["kind"],
    at: Number(row.at),
    lastSuccess: row.success === null ? undefined : Number(row.success),
  }));
}
