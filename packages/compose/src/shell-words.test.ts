import fc from "fast-check";
import { expect, test } from "vitest";
import { splitWords } from "./shell-words.ts";

test.each([
  ["a b  c", ["a", "b", "c"]],
  ["", []],
  [`sh -c 'echo "x y"'`, ["sh", "-c", 'echo "x y"']],
  [`a "b \\" c" d\\ e`, ["a", 'b " c', "d e"]],
  [`'' x`, ["", "x"]],
  [`a"b"'c'`, ["abc"]],
])("%s", (line, words) => expect(splitWords(line)).toEqual(words));

test.each(["'a", '"a', "a\\"])("%s is left open", (line) => expect(splitWords(line)).toBeUndefined());

test("quoted words come back", () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => void expect(splitWords(words.map(quote).join(" "))).toEqual(words)),
  );
});
