import { describe, expect, it } from "vitest";
import { agoInWords, bytesInWords, countInWords, durationInWords, percentInWords, skewInWords } from "./format.ts";

describe("words", () => {
  it.each([
    [0, "just now"],
    [4_999, "just now"],
    [42_000, "42 seconds ago"],
    [125_000, "2 minutes ago"],
    [3_600_000, "1 hour ago"],
    [86_400_000, "yesterday"],
    [40 * 86_400_000, "last month"],
    [-7_200_000, "in 2 hours"],
    [800 * 86_400_000, "2 years ago"],
  ])("%i ms ago is %s", (ms, words) => expect(agoInWords(ms)).toBe(words));

  it.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [60, "1 min"],
    [125, "2 min 5 s"],
    [3_600, "1 h"],
    [11_400, "3 h 10 min"],
    [86_400 * 4 + 7_200, "4 d 2 h"],
    [-3, "0 s"],
  ])("%d s is %s", (seconds, words) => expect(durationInWords(seconds)).toBe(words));

  it.each([
    [0, "right"],
    [-499, "right"],
    [1_200, "1 s ahead"],
    [-94_000, "1 min 34 s behind"],
  ])("a clock that is %d ms ahead is %s", (ms, words) => expect(skewInWords(ms)).toBe(words));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [12_500_000, "12.5 MB"],
    [208_000_000, "208 MB"],
    [3e15, "3000 TB"],
  ])("%d bytes are %s", (bytes, words) => expect(bytesInWords(bytes)).toBe(words));

  it("never calls anything 100 % that was down for a moment", () => {
    expect(percentInWords(0.99999)).toBe("99.99 %");
    expect(percentInWords(1)).toBe("100 %");
    expect(percentInWords(null)).toBe("no data");
  });

  it("counts one and many", () => {
    expect(countInWords(1, "check")).toBe("1 check");
    expect(countInWords(12_000, "entry", "entries")).toBe("12,000 entries");
  });
});
