import { describe, expect, it } from "vitest";
import { valueAt } from "./json-path.ts";
import { judge } from "./judge.ts";

describe("a judgement", () => {
  it("names what fails, and only that", () => {
    const conditions = [
      { what: "status", value: 503, matcher: { equals: 200 } },
      { what: "latency in ms", value: 12, matcher: { below: 500 } },
      { what: "body $.db", value: undefined, matcher: { equals: "up" } },
    ];
    expect(judge(conditions, "status 503")).toEqual({
      ok: false,
      seen: "status 503; body $.db not there",
      expected: 'status 200; body $.db "up"',
    });
  });

  it("of a success says everything that was asked", () => {
    const conditions = [
      { what: "status", value: 200, matcher: { equals: 200 } },
      { what: "text", value: "x", matcher: undefined },
    ];
    expect(judge(conditions, "status 200 in 3 ms")).toEqual({
      ok: true,
      seen: "status 200 in 3 ms",
      expected: "status 200",
    });
  });

  it("cuts a value that is long", () => {
    const { seen } = judge([{ what: "text", value: "x".repeat(5_000), matcher: { equals: "y" } }], "");
    expect(seen.length).toBeLessThan(200);
  });
});

describe("a JSONPath", () => {
  const document = { a: [{ n: 1 }, { n: 2 }], empty: null };
  it.each([
    ["$.a[0].n", 1],
    ["$.a[*].n", [1, 2]],
    ["$.a[?@.n > 1].n", 2],
    ["$.empty", null],
    ["$.nope", undefined],
  ])("%s", (path, value) => {
    expect(valueAt(path, document)).toEqual(value);
  });
});
