import { expect, it } from "vitest";
import type { BackedUpDatabase } from "../manifest/manifest.ts";
import { aDatabase } from "../testing.ts";
import { problemsOf } from "./compare-database.ts";

const expected = aDatabase();
const [table] = expected.tables as [BackedUpDatabase["tables"][number]];
const same = "public.customers: other values than were backed up";

it("says nothing of what is equal", () => {
  expect(problemsOf(expected, aDatabase())).toEqual([]);
});

it.each<[problem: string, found: Partial<BackedUpDatabase>]>([
  ["public.customers: not restored", { tables: [] }],
  ["public.customers: 2 rows backed up, 1 restored", { tables: [{ ...table, rows: "1" }] }],
  [same, { tables: [{ ...table, together: "78" }] }],
  [same, { tables: [{ ...table, columns: ["-9", "5"] }] }],
  ["public.customers: indexes: 1 backed up, 0 restored", { structure: {} }],
  ["public.x: triggers: 0 backed up, 2 restored", { structure: { ...expected.structure, "public.x: triggers": 2 } }],
  ["large objects: another number of bytes", { largeObjects: { count: 1, bytes: 4 } }],
])("says: %s", (problem, found) => {
  expect(problemsOf(expected, aDatabase(found))).toEqual([problem]);
});
