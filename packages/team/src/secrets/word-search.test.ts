import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordSearch } from "./word-search.ts";

/** Found in a text that comes in parts of a size. */
function findIn(text: string, words: readonly string[], size: number): string[] {
  const search = new WordSearch(words.map((word) => [Buffer.from(word), word] as const));
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...search.take(bytes.subarray(at, at + size)));
  return [...new Set([...found, ...search.end()])].sort();
}

describe("a search for many words", () => {
  it("finds what is cut between parts", () => {
    expect(findIn("see: secret-of-mine, and more", ["secret-of-mine"], 7)).toEqual(["secret-of-mine"]);
  });

  it("finds the last bytes, and words that overlap", () => {
    expect(findIn("xxabcabc", ["abcabc", "cabc", "bca"], 3)).toEqual(["abcabc", "bca", "cabc"]);
  });

  it("finds nothing that is not there, and nothing when it looks for nothing", () => {
    expect(findIn("abcab cabcx", ["abcabc"], 4)).toEqual([]);
    expect(findIn("abc", [], 4)).toEqual([]);
  });

  it("finds exactly what a plain search finds", () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength, maxLength });
    fc.assert(
      fc.property(
        letters(0, 60),
        fc.uniqueArray(letters(2, 8), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (text, words, size) => {
          expect(findIn(text, words, size)).toEqual(words.filter((word) => text.includes(word)).sort());
        },
      ),
    );
  });
});
