import { expect, it } from "vitest";
import { assertMayBeSynced } from "./assert-may-be-synced.ts";

it("neither sends nor writes what settings leave out, nor the engine's own tables", () => {
  const check = (names: readonly string[]) =>
    assertMayBeSynced(
      names.map((name) => ({ table: `public.${name}`, name })),
      ["public.payroll"],
    );
  expect(() => check(["people"])).not.toThrow();
  expect(() => check(["people", "payroll"])).toThrow(/payroll stays .*peers.leaveOut/);
  expect(() => check(["sync_nodes"])).toThrow(/sync_nodes stays .*each server has its own/);
});
