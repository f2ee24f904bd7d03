import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TableReport } from "../types.ts";
import { ChunkStore } from "./chunk-store.ts";
import { andWritten, writtenBy } from "./written.ts";

let folder: string;
let store: ChunkStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "written-"));
  store = new ChunkStore(folder, "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11");
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (table: string, inserted: number): TableReport => ({
  ...{ table, inserted, updated: 0, unchanged: 0, skipped: 0, rows: inserted },
  ...{ conflicts: [], notes: [], verified: true },
});

it("knows what was committed: nothing, some tables, all; a plan is none of it", () => {
  expect(writtenBy(store)).toEqual({ isWhole: false, tables: [] });
  store.keep("planned", { tables: [report("public.a", 1)], notes: [] });
  expect(writtenBy(store)).toEqual({ isWhole: false, tables: [] });
  store.keep("restored", [report("public.a", 1), report("public.b", 0)]);
  expect(writtenBy(store)).toEqual({ isWhole: false, tables: ["public.a"] });
  store.keep("restore", { tables: [], notes: [] });
  expect(writtenBy(store).isWhole).toBe(true);
});

it("says so", () => {
  expect(andWritten("Cancelled by ann", [])).toBe("Cancelled by ann");
  expect(andWritten("Cancelled by ann", ["public.a", "public.b"])).toBe(
    "Cancelled by ann. Written before that, and stays: public.a, public.b",
  );
});
