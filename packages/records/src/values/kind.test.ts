import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, sameRow } from "./kind.ts";
import { canonicalTimestamp, msOfTimestamp, timestampOf } from "./timestamp.ts";

describe("a value", () => {
  it("keeps every bit of a double, but for the sign of zero", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(canonical("double", String(value)))).toBe(value + 0);
      }),
    );
    expect(canonical("double", "1e+20")).toBe(canonical("double", "100000000000000000000"));
    expect(canonical("double", "-0")).toBe("0");
    expect(["inf", "-Infinity", "nan"].map((text) => canonical("double", text))).toEqual([
      "Infinity",
      "-Infinity",
      "NaN",
    ]);
  });

  it("keeps every digit of an integer and of a decimal number", () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(canonical("integer", String(value))).toBe(String(value));
      }),
    );
    expect(canonical("integer", "+007")).toBe("7");
    expect(canonical("numeric", "12.30")).toBe("12.30");
  });

  it("is left alone when it is none of its kind", () => {
    for (const kind of ["integer", "double", "boolean", "timestamp"] as const)
      expect(canonical(kind, "what?")).toBe("what?");
  });

  it("keeps text of any code point", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(canonical("text", text)).toBe(text);
      }),
    );
  });

  it("is compared by the columns that both sides have", () => {
    expect(sameRow({ a: "1" }, { a: "1", b: "2" })).toBe(true);
    expect(sameRow({ a: "1", b: null }, { a: "1", b: "2" })).toBe(false);
    expect(sameRow(null, { a: "1" })).toBe(false);
  });
});

describe("a moment", () => {
  it("is written alike, whoever wrote it", () => {
    for (const text of [
      "2026-11-22 15:46:21.123456+00",
      "2026-11-22T15:46:21.123456Z",
      "2026-11-22 16:46:21.123456+01",
      "2026-11-22 21:16:21.123456+05:30",
    ]) {
      expect(canonicalTimestamp(text)).toBe("2026-11-22T15:46:21.123456Z");
    }
    expect(canonicalTimestamp("2026-11-22")).toBe("2026-11-22T00:00:00.000000Z");
    expect(canonicalTimestamp("2026-11-22 15:46")).toBe("2026-11-22T15:46:00.000000Z");
  });

  it("comes back to the millisecond", () => {
    fc.assert(
      fc.property(fc.nat(4_102_444_800_000), (ms) => {
        expect(msOfTimestamp(timestampOf(ms))).toBe(ms);
      }),
    );
  });

  it("that is none stays what it is", () => {
    for (const text of ["infinity", "soon", "0044-03-15 BC", "2026-13-45", "2026-02-30"])
      expect(canonicalTimestamp(text)).toBe(text);
  });
});
