import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formsOf } from "./forms.ts";

const isIn = (text: string, secret: string) => formsOf(secret).some((form) => text.includes(form.toString()));

describe("forms of a secret", () => {
  it("are none for a word that is too short to be one", () => expect(formsOf("abc")).toEqual([]));

  it("are found in JSON, addresses and hex", () => {
    const secret = 'pa"ss wörd/1';
    expect(isIn(JSON.stringify({ a: secret }), secret)).toBe(true);
    expect(isIn(`https://u:${encodeURIComponent(secret)}@h/`, secret)).toBe(true);
    expect(isIn(`\\x${Buffer.from(`..${secret}..`).toString("hex")}`, secret)).toBe(true);
  });

  it("are found in base64 wherever they begin", () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), secret, fc.string({ maxLength: 9 }), (before, word, after) =>
        isIn(Buffer.from(before + word + after).toString("base64"), word),
      ),
    );
  });
});
