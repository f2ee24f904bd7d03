import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, duration, instant, oneLine } from "./words.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe("words", () => {
  it.each([
    [-5, "0 s"],
    [45 * second, "45 s"],
    [59.6 * second, "1 min"],
    [12 * minute + 40 * second, "12 min"],
    [3 * hour, "3 h"],
    [3 * hour + 5 * minute, "3 h 5 min"],
    [49 * hour + 59 * minute, "2 d 1 h"],
  ])("say %d ms as %s", (ms, words) => expect(duration(ms)).toBe(words));

  it("say an instant to the second, in UTC", () => {
    expect(instant(Date.UTC(2026, 10, 21, 13, 49, 35, 678))).toBe("2026-11-21 13:49:35 UTC");
  });

  it("take colours, line breaks and runs of space out of a line", () => {
    expect(oneLine("\u001b[31mFATAL:\u001b[0m  out\r\nof\u2028memory\u0000 ", 100)).toBe("FATAL: out of memory");
  });

  it("cut to the limit, and no character in two", () => {
    expect(cut("ab😀", 4)).toBe("ab😀");
    expect(cut("ab😀c", 4)).toBe("ab…");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
        const line = oneLine(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\r\n\p{Cc}\u2028\u2029]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});
