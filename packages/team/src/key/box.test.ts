import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { teamBox } from "./box.ts";

const box = teamBox("A".repeat(43));

describe("a team's box", () => {
  it("gives back what was put in, and never shows it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, purpose) => {
        const sealed = box.seal(text, purpose);
        expect(box.open(sealed, purpose)).toBe(text);
        expect(box.seal(text, purpose)).not.toBe(sealed);
      }),
    );
  });

  it("opens with no other key, for nothing else, and not when it was changed", () => {
    const sealed = box.seal("secret", "credential 1");
    expect(() => teamBox("B".repeat(43)).open(sealed, "credential 1")).toThrow();
    expect(() => box.open(sealed, "credential 2")).toThrow();
    const bytes = Buffer.from(sealed, "base64");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => box.open(bytes.toString("base64"), "credential 1")).toThrow();
    expect(() => box.open("", "credential 1")).toThrow();
  });
});
