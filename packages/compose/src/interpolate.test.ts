// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose writes its variables like this.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpolate, referencesOf, TemplateError } from "./interpolate.ts";

const variables = { SET: "value", EMPTY: "", NESTED: "inner" };
const text = (template: string) => interpolate(template, variables).text;
const missing = (template: string) => interpolate(template, variables).missing;

describe("interpolate", () => {
  test.each([
    ["plain", "plain"],
    ["$SET", "value"],
    ["a${SET}b", "avalueb"],
    ["$SET-x", "value-x"],
    ["$$SET $${SET}", "$SET ${SET}"],
    ["${EMPTY}", ""],
    ["${NONE:-d}", "d"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${NONE-d}", "d"],
    ["${SET:+r}", "r"],
    ["${EMPTY:+r}", ""],
    ["${EMPTY+r}", "r"],
    ["${NONE+r}", ""],
    ["${SET:?no}", "value"],
    ["${EMPTY?no}", ""],
    ["${NONE:-${ALSO_NONE:-${NESTED}}}", "inner"],
    ["${NONE:-a:b-c?d}", "a:b-c?d"],
    ["http://${SET}:${NONE:-80}/", "http://value:80/"],
    ["${NONE:-}", ""],
  ])("%s → %s", (template, expected) => {
    expect(text(template)).toBe(expected);
    expect(missing(template)).toEqual([]);
  });

  test("a missing variable is reported, never an empty string in silence", () => {
    expect(missing("$NONE ${ALSO}")).toEqual([
      { name: "NONE", message: undefined, empty: false },
      { name: "ALSO", message: undefined, empty: false },
    ]);
    expect(missing("${EMPTY:?say ${SET}}")).toEqual([{ name: "EMPTY", message: "say value", empty: true }]);
    expect(missing("${NONE:-$ALSO}")).toMatchObject([{ name: "ALSO" }]);
    expect(missing("${SET:-$ALSO}")).toEqual([]);
  });

  test.each(["$", "$1", "${", "${}", "${SET", "${SET:x}", "${SET:-", "a $ b", "${1}"])("%s is refused", (template) => {
    expect(() => text(template)).toThrow(TemplateError);
  });

  test("names from Object's prototype are not variables", () => {
    expect(missing("$constructor")).toMatchObject([{ name: "constructor" }]);
  });

  test("anything that can be typed gives a text or a TemplateError", () => {
    const piece = fc.constantFrom("$", "{", "}", ":", "-", "?", "+", "SET", "NONE", "$$", "${SET:-", "}", " ", "é");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          expect(typeof text(pieces.join(""))).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("any value survives, and any text survives with its dollars doubled", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, literal) => {
        const template = `${literal.replaceAll("$", "$$$$")}\${V}`;
        expect(interpolate(template, { V: value }).text).toBe(literal + value);
      }),
    );
  });
});

test("references tell which variables are required", () => {
  expect(referencesOf("$A ${B:-${C}} ${D:?x} ${E+$F}")).toEqual([
    { name: "A", required: true },
    { name: "B", required: false },
    { name: "C", required: false },
    { name: "D", required: true },
    { name: "E", required: false },
    { name: "F", required: false },
  ]);
});
