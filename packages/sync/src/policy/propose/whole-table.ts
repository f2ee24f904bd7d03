import type { Catalog } from "@understudy/postgres";
import type { Proposal } from "./proposal.ts";
import type { UndecidedTable } from "./undecided.ts";
import { wordsOf } from "./words.ts";

/** Tables of keys and sessions: nothing of use in a copy, and all of it secret. */
const doors = new Set(["session", "sessions", "token", "tokens", "otp", "otps", "nonces", "reset", "resets"]);

/** What to do with a table as a whole; undefined: it depends on its columns. */
export function wholeTable({ table, whole }: UndecidedTable, { tables }: Catalog): Proposal[] | undefined {
  if (!whole) return undefined;
  const proposal = { table: table.id, column: undefined, path: undefined };
  const last = wordsOf(table.name).at(-1) ?? "";
  const needed = tables.some(
    ({ id, foreignKeys }) => id !== table.id && foreignKeys.some(({ references }) => references === table.id),
  );
  if (doors.has(last) && !needed)
    return [
      { ...proposal, rule: { kind: "drop" }, because: `its name says ${last}, and no other table needs its rows` },
    ];
  if (table.columns.every(({ generated }) => generated))
    return [{ ...proposal, rule: { kind: "columns" }, because: "it has no columns of its own" }];
  return undefined;
}
