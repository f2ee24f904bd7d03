import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fill } from "./fill.ts";

describe("variables of a definition", () => {
  it("are filled in wherever a text is, and others stay", () => {
    const values: Record<string, string> = { nonce: "n1" };
    const filled = fill({ a: ["x ${nonce}", 1, null], b: { c: "${nonce}${other} $nonce" } }, (name) => values[name]);
    expect(filled).toEqual({ a: ["x n1", 1, null], b: { c: "n1${other} $nonce" } });
  });

  it("are told where they stand", () => {
    const places: string[] = [];
    fill({ call: { headers: [{ token: "${A}" }] } }, (name, path) => void places.push(`${path.join(".")} ${name}`));
    expect(places).toEqual(["call.headers.0.token A"]);
  });

  it("are filled in once: a value is taken as it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
        fc.pre(!/[$}]/.test(before + after));
        expect(fill(`${before}\${nonce}${after}`, () => value)).toBe(`${before}${value}${after}`);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        expect(fill(data, () => undefined)).toStrictEqual(data);
      }),
    );
  });
});
