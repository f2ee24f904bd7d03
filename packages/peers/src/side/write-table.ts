import { type Connection, PostgresError, quoteName, quoteTable } from "@understudy/postgres";
import type { CarriedTable } from "../sql/carried-table.ts";
import {
  compareSql,
  conflictsSql,
  countLackingSql,
  differencesSql,
  dropConflictsSql,
  insertAndSkipSql,
  type Stage,
  stageDigestSql,
  targetDigestSql,
  upsertSql,
} from "../sql/stage.ts";
import type { SentTable } from "../transfer/chunk.ts";
import type { TableReport } from "../types.ts";

/** More keys than that are not listed. */
const listed = 20;

/** Unique violation, exclusion violation: another row stands in the way. */
const inTheWay = new Set(["23505", "23P01"]);

/** A table whose rows stand in its stage. */
export interface Staged {
  readonly table: CarriedTable;
  readonly stage: Stage;
  readonly sent: SentTable;
}

interface Count {
  readonly rows: number;
}

interface Sums extends Count {
  readonly sum: string;
}

/** What writing a table would do: nothing is written. @param sent rows that the source says to have sent */
export async function compareTable(session: Connection, { table, stage, sent }: Staged): Promise<TableReport> {
  const staged = await one<Sums>(session, stageDigestSql(table.compared, stage));
  const { inserted, updated } =
    table.plan.mode === "upsert"
      ? await one<{ inserted: number; updated: number }>(session, compareSql(table, stage))
      : { inserted: (await one<Count>(session, countLackingSql(table, stage))).rows, updated: 0 };
  const conflicts = table.plan.mode === "upsert" ? await findConflicts(session, table, stage) : [];
  const arrived = sent.sent === null || (sent.sent === staged.rows && (sent.sum === null || sent.sum === staged.sum));
  return {
    table: table.look.id,
    // What was not sent is the same on both sides.
    rows: Math.max(sent.rows, staged.rows),
    inserted,
    updated,
    unchanged: Math.max(sent.rows, staged.rows) - inserted - updated,
    skipped: 0,
    conflicts,
    notes: [
      ...table.plan.notes,
      ...(arrived ? [] : [`${staged.rows} rows arrived and ${sent.sent} were sent, or they are not the same`]),
    ],
    verified: arrived ? null : false,
  };
}

/** Write a table's rows, in a transaction that is open. */
export async function writeTable(session: Connection, staged: Staged, planned: TableReport): Promise<TableReport> {
  const { table, stage } = staged;
  if (planned.inserted + planned.updated === 0) return planned;
  if (table.plan.mode === "insert-and-skip") {
    const { rows } = await one<Count>(session, insertAndSkipSql(table, stage));
    return { ...planned, inserted: rows, skipped: planned.inserted - rows };
  }
  const written = await attempt(session, upsertSql(table, stage));
  if (written !== undefined) return counted(planned, written, 0);
  let dropped = 0;
  for (const { columns } of otherKeys(table)) {
    dropped += (await one<Count>(session, dropConflictsSql(table, stage, columns))).rows;
  }
  const left = await one<{ inserted: number; updated: number }>(session, compareSql(table, stage));
  const rest = await attempt(session, upsertSql(table, stage));
  const note = "the target has other rows with the same unique values: those of the source were skipped";
  if (rest !== undefined) return counted({ ...planned, ...left, notes: [...planned.notes, note] }, rest, dropped);
  const { rows } = await one<Count>(session, insertAndSkipSql(table, stage));
  const skipped = planned.inserted + planned.updated - rows;
  return {
    ...planned,
    ...{ inserted: rows, updated: 0, skipped },
    notes: [...planned.notes, `${note}, and none was updated: fell back to insert-and-skip`],
  };
}

/** Whether the target has what was sent, key by key. */
export async function verifyTable(session: Connection, staged: Staged, report: TableReport): Promise<TableReport> {
  const { table, stage } = staged;
  if (report.verified === false) return report;
  if (table.plan.mode === "insert-and-skip") {
    const { rows } = await one<Count>(session, countLackingSql(table, stage));
    return { ...report, verified: rows === 0 && report.skipped === 0 };
  }
  const [there, sent] = [
    await one<Sums>(session, targetDigestSql(table, stage)),
    await one<Sums>(session, stageDigestSql(table.alike, stage)),
  ];
  const same = there.rows === sent.rows && there.sum === sent.sum;
  if (same) return { ...report, verified: report.skipped === 0 };
  const keys = await session.query<{ key: string }>(differencesSql(table, stage, listed));
  return {
    ...report,
    verified: false,
    notes: [...report.notes, `not the same: ${keys.map(({ key }) => key).join("; ")}`],
  };
}

/**
 * The record engine has to hear of what is written to its tables, so that it goes on to the nodes; all other triggers ran where
 * the rows were written first.
 */
export async function hearWrites(session: Connection, { look }: CarriedTable, always: boolean): Promise<void> {
  if (!look.captured) return;
  const how = always ? "ENABLE ALWAYS" : "ENABLE";
  await session.query(`ALTER TABLE ${quoteTable(look)} ${how} TRIGGER ${quoteName("zz_sync_capture")}`);
}

function counted(planned: TableReport, written: number, skipped: number): TableReport {
  const inserted = Math.min(planned.inserted, written);
  const updated = written - inserted;
  return { ...planned, inserted, updated, skipped, unchanged: Math.max(0, planned.rows - written - skipped) };
}

async function findConflicts(session: Connection, table: CarriedTable, stage: Stage): Promise<string[]> {
  const keys = new Set<string>();
  for (const { columns } of otherKeys(table)) {
    for (const { key } of await session.query<{ key: string }>(conflictsSql(table, stage, columns, listed)))
      keys.add(key);
  }
  return [...keys].slice(0, listed);
}

/** Unique indexes beside the key that rows are told apart by, as far as their columns are carried. */
function otherKeys({ look, plan }: CarriedTable) {
  const own = [...plan.key].sort().join("\n");
  return look.keys.filter(
    ({ columns }) => [...columns].sort().join("\n") !== own && columns.every((column) => plan.columns.includes(column)),
  );
}

/** Rows that a statement wrote; undefined: other rows stand in the way, and nothing was written. */
async function attempt(session: Connection, sql: string): Promise<number | undefined> {
  await session.query("SAVEPOINT full_sync");
  try {
    const { rows } = await one<Count>(session, sql);
    await session.query("RELEASE SAVEPOINT full_sync");
    return rows;
  } catch (error) {
    if (!(error instanceof PostgresError && inTheWay.has(error.code))) throw error;
    await session.query("ROLLBACK TO SAVEPOINT full_sync");
    return undefined;
  }
}

async function one<Row>(session: Connection, sql: string): Promise<Row> {
  const [row] = await session.query<Row>(sql);
  if (!row) throw new Error("an aggregate gave no row");
  return row;
}
