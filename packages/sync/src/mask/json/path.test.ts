import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePath, type Step, showStep } from "./path.ts";

it.each([
  ["$", []],
  ["$.contact.e-mail", [key("contact"), key("e-mail")]],
  ['$.items[*]."a \\"b\\".c"', [key("items"), { kind: "items" }, key('a "b".c')]],
  ["$.by-user.*.größe[*]", [key("by-user"), { kind: "any" }, key("größe"), { kind: "items" }]],
])("%s is understood", (text, steps) => {
  expect(parsePath(text)).toEqual({ kind: "rooted", steps });
});

it("a key at any depth is understood", () => {
  expect(parsePath("**.email")).toEqual({ kind: "anywhere", key: "email" });
  expect(parsePath('**."e mail"')).toEqual({ kind: "anywhere", key: "e mail" });
});

it.each([
  ["email", '"email" is no JSON path'],
  ["$email", '"$email" is no JSON path: "email" is not understood'],
  ["$.a..b", '"$.a..b" is no JSON path: "..b" is not understood'],
  ["$.a[0].b", '"$.a[0].b" is no JSON path: "[0].b" is not understood'],
  ['$."a\\x"', '"$."a\\x"" is no JSON path: "."a\\x"" is not understood'],
  ["**", '"**" is no JSON path'],
  ["**.a.b", '"**.a.b" is no JSON path: ".a.b" is not understood'],
])("%s is refused", (text, message) => {
  expect(() => parsePath(text)).toThrow(expect.objectContaining({ name: "UserError", message }));
});

it("whatever keys there are, a path that is shown is understood", () => {
  const someStep = fc.oneof(
    fc.string({ unit: "grapheme" }).map(key),
    fc.constantFrom<Step>({ kind: "any" }, { kind: "items" }),
  );
  fc.assert(
    fc.property(fc.array(someStep), (steps) => {
      expect(parsePath(`$${steps.map(showStep).join("")}`)).toEqual({ kind: "rooted", steps });
    }),
  );
});

function key(name: string): Step {
  return { kind: "key", key: name };
}
