import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignKeyOrder } from "./foreign-key-order.ts";

describe("the order of tables", () => {
  it("puts a table after those that it refers to, and a circle into one group", () => {
    const references = [
      { from: "lines", to: "orders" },
      { from: "orders", to: "people" },
      { from: "people", to: "people" },
      { from: "a", to: "b" },
      { from: "b", to: "a" },
      { from: "a", to: "elsewhere" },
    ];
    expect(foreignKeyOrder(["lines", "a", "people", "orders", "b"], references)).toEqual([
      ["a", "b"],
      ["people"],
      ["orders"],
      ["lines"],
    ]);
  });

  it("holds for any references: all tables once, none before what it refers to outside of its own circle", () => {
    const table = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
    const reference = fc.record({ from: table, to: table });
    fc.assert(
      fc.property(fc.uniqueArray(table), fc.array(reference, { maxLength: 20 }), (tables, references) => {
        const groups = foreignKeyOrder(tables, references);
        expect(groups.flat().sort()).toEqual([...tables].sort());
        const place = new Map(groups.flatMap((group, at) => group.map((one) => [one, at] as const)));
        for (const { from, to } of references) {
          const [fromPlace, toPlace] = [place.get(from), place.get(to)];
          if (fromPlace !== undefined && toPlace !== undefined) expect(toPlace).toBeLessThanOrEqual(fromPlace);
        }
        for (const group of groups.filter(({ length }) => length > 1)) {
          for (const one of group) expect(reaches(one, one, group, references)).toBe(true);
        }
        expect(foreignKeyOrder([...tables].reverse(), [...references].reverse())).toEqual(groups);
      }),
    );
  });

  it("takes a chain of any length", () => {
    const tables = Array.from({ length: 20_000 }, (_, at) => `t${at}`);
    const references = tables.slice(1).map((from, at) => ({ from, to: `t${at}` }));
    expect(foreignKeyOrder(tables, references)[0]).toEqual(["t0"]);
  });
});

/** Whether a way of references within a group leads from one of its tables to another. */
function reaches(
  from: string,
  to: string,
  group: readonly string[],
  references: readonly { from: string; to: string }[],
): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { from: start, to: end } of references) {
      if (start !== at || end === start || !group.includes(end)) continue;
      if (end === to) return true;
      if (!seen.has(end)) open.push(end);
      seen.add(end);
    }
  }
  return false;
}
