import { expect, it } from "vitest";
import type { Look, LookTable } from "../plan/look.ts";
import { orphanChecks } from "./foreign-keys.ts";

const table = (name: string, foreignKeys: LookTable["foreignKeys"] = []) =>
  ({ id: `public.${name}`, schema: "public", name, foreignKeys }) as unknown as LookTable;

const refer = (name: string, column: string): LookTable["foreignKeys"][number] => ({
  ...{ name, columns: [column], references: "public.people", referencedColumns: [column === "person" ? "id" : column] },
});

const look = {
  tables: [table("people"), table("orders", [refer("by_id", "person"), refer("by_code", "code")])],
} as unknown as Look;

const namesOf = (written: readonly string[], updated: Readonly<Record<string, string[]>>) =>
  orphanChecks(look, new Set(written), new Map(Object.entries(updated))).map(({ name }) => name);

it("looks at keys of tables that were written, and at those that refer to what an update may have changed", () => {
  const [byId, byCode] = ["public.orders.by_id", "public.orders.by_code"];
  expect(namesOf(["public.orders"], {})).toEqual([byId, byCode]);
  expect(namesOf(["public.people"], {})).toEqual([]);
  expect(namesOf(["public.people"], { "public.people": ["id"] })).toEqual([byCode]);
  expect(namesOf(["public.people"], { "public.people": ["code"] })).toEqual([byId]);
});
