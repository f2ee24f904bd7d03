import { expect, it } from "vitest";
import type { LookColumn } from "../plan/look.ts";
import type { CarriedTable } from "./carried-table.ts";
import { compareSql, stageOf, targetDigestSql, upsertSql } from "./stage.ts";

it("inserts what only new rows get, and neither compares nor updates it", () => {
  const [id, n, words] = ["id", "n", "words"].map(
    (name): LookColumn => ({
      name,
      type: "text",
      base: "text",
      array: false,
      notNull: true,
      generated: false,
      identity: null,
    }),
  ) as [LookColumn, LookColumn, LookColumn];
  const table = {
    look: { id: "public.t", schema: "public", name: "t", kind: "table" },
    ...{ columns: [id, n, words], alike: [id, words], compared: [id, words], key: [id] },
  } as unknown as CarriedTable;
  expect(upsertSql(table, stageOf(0))).toContain('("id", "n", "words")');
  expect(upsertSql(table, stageOf(0))).toContain('DO UPDATE SET "words" = excluded."words" WHERE');
  for (const sql of [compareSql(table, stageOf(0)), targetDigestSql(table, stageOf(0))]) {
    expect(sql).toContain('"words"');
    expect(sql).not.toContain('"n"');
  }
});
