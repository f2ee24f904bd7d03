import { bucketsFor } from "./buckets.ts";
import { foreignKeyOrder } from "./foreign-key-order.ts";
import type { Look, LookColumn, LookTable } from "./look.ts";
import { isOwn } from "./own-tables.ts";
import type { Plan, TablePlan } from "./plan.ts";

/** Decide how each table of the source is carried to the target. */
export function planTables(source: Look, target: Look): Plan {
  const theirs = new Map(target.tables.map((table) => [table.id, table]));
  const reasons = new Map<string, string>();
  for (const { id, name } of source.tables) {
    if (isOwn(name)) reasons.set(id, "each server has its own");
    else if (source.leaveOut.includes(id)) reasons.set(id, "peers.leaveOut of the source names it");
    else if (target.leaveOut.includes(id)) reasons.set(id, "peers.leaveOut of the target names it");
    else if (!theirs.has(id)) reasons.set(id, "the target has no such table");
  }
  const carried = source.tables.filter(({ id }) => !reasons.has(id));
  const references = carried.flatMap(({ id }) =>
    (theirs.get(id)?.foreignKeys ?? []).map((key) => ({ from: id, to: key.references })),
  );
  const groups = foreignKeyOrder(
    carried.map(({ id }) => id),
    references,
  );
  const sources = new Map(carried.map((table) => [table.id, table]));
  const tables = groups.flatMap((group, at) =>
    group.flatMap((id) => {
      const [from, to] = [sources.get(id), theirs.get(id)];
      if (!from || !to) return [];
      const plan = planTable(from, to, at, group.length > 1);
      if (plan.columns.length > 0) return [plan];
      reasons.set(id, "the two have no column in common");
      return [];
    }),
  );
  return {
    fingerprints: { source: source.fingerprint, target: target.fingerprint },
    tables,
    leftOut: [...reasons].map(([table, reason]) => ({ table, reason })),
    notes: source.notCarried.map((what) => `Not carried: ${what}`),
  };
}

function planTable(from: LookTable, to: LookTable, group: number, circle: boolean): TablePlan {
  const theirs = new Map(to.columns.map((column) => [column.name, column]));
  const carried = from.columns.filter((column) => theirs.get(column.name)?.generated === false);
  const columns = carried.map(({ name }) => name);
  const alike = (column: LookColumn) => theirs.get(column.name)?.type === column.type;
  const key = chooseKey(from, to, new Set(carried.filter(alike).map(({ name }) => name)));
  const onlyInserted = columns.filter((name) => key && !key.includes(name) && theirs.get(name)?.identity === "always");
  return {
    table: from.id,
    schema: from.schema,
    name: from.name,
    group,
    columns,
    onlyInserted,
    compared: carried.filter((column) => alike(column) && !onlyInserted.includes(column.name)).map(({ name }) => name),
    key: key ?? [],
    mode: key ? "upsert" : "insert-and-skip",
    buckets: bucketsFor(from),
    bytes: from.bytes,
    notes: [
      ...columnNotes(from, to, carried, alike),
      ...onlyInserted.map((name) => `${name} is GENERATED ALWAYS there: new rows get the source's, others keep theirs`),
      ...(key ? [] : ["no key that both sides have: rows that are not there are inserted, none is updated"]),
      ...(circle ? ["part of a circle of foreign keys: written together with the others, then checked"] : []),
    ],
  };
}

/** A key that both sides keep, the target's primary one first: else one row could meet two. */
function chooseKey(from: LookTable, to: LookTable, carried: ReadonlySet<string>): string[] | undefined {
  const sets = from.keys.filter(({ notNull }) => notNull).map(({ columns }) => [...columns].sort().join("\n"));
  return to.keys.find(
    ({ columns, notNull }) =>
      notNull && columns.every((column) => carried.has(column)) && sets.includes([...columns].sort().join("\n")),
  )?.columns;
}

function columnNotes(
  from: LookTable,
  to: LookTable,
  carried: readonly LookColumn[],
  alike: (column: LookColumn) => boolean,
): string[] {
  const theirs = new Map(to.columns.map((column) => [column.name, column]));
  const ours = new Set(from.columns.map(({ name }) => name));
  const missing = from.columns.filter(({ name }) => !theirs.has(name)).map(({ name }) => name);
  const extra = to.columns.filter(({ name, generated }) => !ours.has(name) && !generated).map(({ name }) => name);
  return [
    ...(missing.length ? [`the target has no column ${missing.join(", ")}: left out`] : []),
    ...(extra.length ? [`only the target has column ${extra.join(", ")}: new rows get the default`] : []),
    ...carried
      .filter((column) => !alike(column))
      .map(
        ({ name, type }) =>
          `${name} is ${type} here and ${theirs.get(name)?.type} there: carried as text, and sent whole every time`,
      ),
  ];
}
