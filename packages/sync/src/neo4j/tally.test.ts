import fc from "fast-check";
import neo4j from "neo4j-driver";
import { describe, expect, it, test } from "vitest";
import { IdMap } from "./id-map.ts";
import { Tally } from "./tally.ts";
import { canonical, canonicalProperties, textsOf } from "./values.ts";

const { Date: Day, DateTime, LocalTime, Duration, Point } = neo4j.types;

/** Values of all property types, no two of them the same. */
const values: readonly unknown[] = [
  ...[
    "",
    "1",
    "true",
    "1,2",
    "Long:1:1",
    1n,
    1,
    1.5,
    -0,
    0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    9223372036854775807n,
  ],
  ...[true, false, new Int8Array([1]), new Int8Array([])],
  ...[
    new Day(2024n, 2n, 29n),
    new LocalTime(1n, 2n, 3n, 0n),
    new Duration(0n, 1n, 0n, 0n),
    new Duration(0n, 0n, 86_400n, 0n),
  ],
  ...[new Point(7203n, 1, 2), new Point(4326n, 1, 2), new Point(9157n, 1, 2, 3)],
  new DateTime(2023n, 10n, 29n, 2n, 30n, 0n, 0n, 3_600n, "Europe/Berlin"),
  new DateTime(2023n, 10n, 29n, 2n, 30n, 0n, 0n, 7_200n, "Europe/Berlin"),
  new DateTime(2023n, 10n, 29n, 2n, 30n, 0n, 0n, 3_600n),
  ...[[], [""], ["", ""], ["1,2"], ["1", "2"], [1n, 2n], [1, 2], ["a]", "b"], ["a", "]b"]],
];

describe("the canonical text of a value", () => {
  it("differs for every two values that differ", () => {
    expect(new Set(values.map(canonical)).size).toBe(values.length);
  });

  it("does not depend on the order of properties, and does on where one ends", () => {
    expect(canonicalProperties({ a: 1n, b: "x" })).toBe(canonicalProperties({ b: "x", a: 1n }));
    expect(canonicalProperties({ a: "1", b: "2" })).not.toBe(canonicalProperties({ a: "1;String:1:b=String:1:2" }));
  });

  it("refuses what no property can be", () => {
    expect(() => canonical({})).toThrow("a type that is not known here");
    expect(() => canonical(null)).toThrow("a type that is not known here");
  });
});

test("the texts of a value are those of its elements", () => {
  expect(textsOf(["a", "b"])).toEqual(["a", "b"]);
  expect([5n, 1.5, -0, new Day(2024n, 2n, 29n)].flatMap(textsOf)).toEqual(["5", "1.5", "-0", "2024-02-29"]);
});

test("two tallies agree exactly when they saw the same, in any order", () => {
  const element = fc.tuple(fc.constantFrom("A", "B"), fc.constantFrom("x", "y", "z"));
  const tallyOf = (elements: readonly (readonly [string, string])[]) => {
    const tally = new Tally();
    for (const [kind, text] of elements) tally.add(kind, text);
    return tally;
  };
  const sorted = (elements: readonly (readonly [string, string])[]) =>
    elements
      .map((one) => one.join())
      .sort()
      .join(" ");
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), fc.array(element, { maxLength: 5 }), (a, b) => {
      expect(tallyOf(a).differences(tallyOf(a.toReversed()))).toEqual([]);
      expect(tallyOf(a).differences(tallyOf(b)).length === 0).toBe(sorted(a) === sorted(b));
    }),
  );
  expect(tallyOf([["A", "x"]]).differences(tallyOf([["B", "x"]]))).toEqual(["A: 0 instead of 1", "B: 1 instead of 0"]);
  expect(
    tallyOf([
      ["A", "x"],
      ["A", "x"],
    ]).differences(
      tallyOf([
        ["A", "y"],
        ["A", "y"],
      ]),
    ),
  ).toEqual(["A: their content differs"]);
});

test("ids are found again both ways, 0 and sparse ones too", () => {
  const id = fc.oneof(fc.nat(10), fc.nat(200_000));
  const both = fc.uniqueArray(fc.tuple(id, id), { selector: ([from]) => from });
  fc.assert(
    fc.property(both, (pairs) => {
      const once = [...new Map(pairs.map((pair) => [pair[1], pair])).values()];
      const map = new IdMap();
      for (const [source, copy] of once) map.set(source, copy);
      expect(once.map(([source, copy]) => [map.sourceOf(copy), map.copyOf(source)])).toEqual(once);
      expect(map.copyOf(300_000)).toBeUndefined();
    }),
  );
  expect(() => new IdMap().set(2 ** 32, 1)).toThrow("the id 4294967296: more than a copy can hold");
});
