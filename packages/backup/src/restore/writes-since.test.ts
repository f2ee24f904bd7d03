import { expect, it } from "vitest";
import { changedTables } from "./writes-since.ts";

const table = (id: string, rows: number, together = `${rows}`) => ({ id, rows: `${rows}`, together, columns: ["1"] });

it("names tables that are not as they were, with their rows", () => {
  const then = [table("public.a", 3), table("public.b", 5, "77"), table("public.gone", 1), table("public.same", 2)];
  const now = [table("public.a", 4), table("public.b", 5, "78"), table("public.new", 9), table("public.same", 2)];
  expect(changedTables("app", then, now)).toEqual([
    { database: "app", table: "public.a", rowsThen: 3, rowsNow: 4 },
    { database: "app", table: "public.b", rowsThen: 5, rowsNow: 5 },
    { database: "app", table: "public.gone", rowsThen: 1, rowsNow: null },
    { database: "app", table: "public.new", rowsThen: null, rowsNow: 9 },
  ]);
});

it("names one whose values changed places", () => {
  const then = { ...table("public.a", 2), columns: ["5", "7"] };
  expect(changedTables("app", [then], [{ ...then, columns: ["7", "5"] }])).toHaveLength(1);
  expect(changedTables("app", [then], [then])).toEqual([]);
});
