import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeMatcher, type MatcherInput, matcher, meets } from "./matcher.ts";

const holds = (written: MatcherInput, value: unknown) => meets(matcher.parse(written), value);

describe("a matcher", () => {
  it.each<[MatcherInput, unknown, boolean]>([
    ["ok", "ok", true],
    ["ok", "OK", false],
    [null, null, true],
    [null, undefined, false],
    [5, "5", false],
    [[1, { a: 2 }], [1, { a: 2 }], true],
    [[], {}, false],
    [{ equals: { a: [1] } }, { a: [1] }, true],
    [{ contains: "json" }, "application/json", true],
    [{ contains: 2 }, [1, 2], true],
    [{ contains: 2 }, [1, "2"], false],
    [{ matches: "^v\\d+" }, "v12", true],
    [{ below: 500 }, 499.9, true],
    [{ below: 500 }, 500, false],
    [{ above: 5 }, "12", true],
    [{ above: 5 }, "many", false],
    [{ above: -1 }, "", false],
    [{ above: -1 }, null, false],
    [{ between: [200, 299] }, 299, true],
    [{ oneOf: [200, 204] }, 204, true],
    [{ oneOf: [200, 204] }, 205, false],
    [{ exists: true }, null, true],
    [{ exists: false }, undefined, true],
    [{ exists: false }, 0, false],
    [{ above: 1, below: 3 }, 2, true],
    [{ above: 1, below: 3 }, 4, false],
  ])("%j of %j is %s", (written, value, expected) => {
    expect(holds(written, value)).toBe(expected);
  });

  it("finds what it was made from, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.boolean()), fc.jsonValue(), (one, other) => {
        expect(holds(one, one)).toBe(true);
        expect(holds(one, other)).toBe(Object.is(one, other) || (one === 0 && other === 0));
      }),
    );
  });

  it("lets a number be below, above or between in exactly the ways that numbers are", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (limit, value) => {
        expect(holds({ below: limit }, value)).toBe(value < limit);
        expect(holds({ above: limit }, String(value))).toBe(value > limit);
        expect(holds({ between: [limit, value] }, value)).toBe(value >= limit);
      }),
    );
  });

  it("takes nothing that is not there, unless that is asked for", () => {
    const some = fc.constantFrom<MatcherInput>("", 0, { below: 9 }, { matches: "" }, { contains: "" }, { oneOf: [1] });
    fc.assert(fc.property(some, (written) => !holds(written, undefined)));
  });

  it.each([
    ["ok", '"ok"'],
    [{ between: [200, 299] }, "between 200 and 299"],
    [{ oneOf: [1, "a"] }, 'one of 1, "a"'],
    [{ above: 1, below: 3 }, "below 3, above 1"],
    [{ exists: false }, "not there"],
  ] satisfies [MatcherInput, string][])("%j reads %s", (written, words) => {
    expect(describeMatcher(matcher.parse(written))).toBe(words);
  });

  it.each([
    [{ abov: 3 }, /abov.*|is not a field here; there are equals, contains, matches, below/],
    [{ matches: "(" }, /Invalid regular expression/],
    [{}, /must name at least one condition/],
    [{ below: "5" }, /expected number/],
  ])("refuses %j", (written, words) => {
    const { error } = matcher.safeParse(written);
    expect(error?.issues[0]?.message).toMatch(words);
  });
});
