import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hash } from "../live/fingerprint.ts";
import { type FlawKind, ReceiptFlaw } from "./flaw.ts";
import { signingKey } from "./key.ts";
import { check, sign } from "./sign.ts";
import { openReceipt, signReceipt } from "./signed-receipt.ts";
import { aReceipt, aRelease, emptyInstallation } from "./testing.ts";

const key = signingKey(emptyInstallation());
const whole = Buffer.from(signReceipt(aReceipt(), key));

describe("a receipt's file", () => {
  it("is read as it was written, with the key that signed it alone", () => {
    expect(openReceipt(whole, aRelease, key)).toEqual(aReceipt());
    expect(() => openReceipt(whole, aRelease, signingKey(emptyInstallation()))).toThrow(flaw("another key"));
    expect(() => openReceipt(whole, aRelease, undefined)).toThrow(flaw("another key"));
  });

  it("is refused when any one byte of it is another", () => {
    const edits = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(edits, ([place, change]) => {
        const edited = Buffer.from(whole);
        edited[place] = (edited[place] ?? 0) ^ change;
        expect(() => openReceipt(edited, aRelease, key)).toThrow(ReceiptFlaw);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused when a byte is missing, or one too many", () => {
    const edits = fc.tuple(fc.nat(whole.length - 1), fc.constantFrom("", " ", "\n", "0", "a"));
    fc.assert(
      fc.property(edits, ([place, more]) => {
        const after = whole.subarray(more ? place : place + 1);
        const edited = Buffer.concat([whole.subarray(0, place), Buffer.from(more), after]);
        expect(() => openReceipt(edited, aRelease, key)).toThrow(ReceiptFlaw);
      }),
      { numRuns: 1_000 },
    );
  });

  it("holds whatever order its keys are in", () => {
    expect(openReceipt(file(reversed(JSON.parse(whole.toString()))), aRelease, key)).toEqual(aReceipt());
  });

  it("is not taken for another release's", () => {
    expect(() => openReceipt(whole, "r-ba9876543210", key)).toThrow(flaw("altered"));
  });

  it("says what is wrong with it", () => {
    const { signature, ...unsigned } = JSON.parse(whole.toString());
    const resigned = (receipt: object) => ({ receipt, ...sign(key, "receipt", hash(receipt)) });
    const cases: [kind: FlawKind, data: unknown][] = [
      ["unsigned", unsigned],
      ["unsigned", null],
      ["altered", { ...unsigned, signature, note: "approved" }],
      ["altered", { ...unsigned, signature, receipt: aReceipt({ by: "eve@laptop" }) }],
      ["another version", resigned({ ...aReceipt(), version: 2 })],
      ["unreadable", resigned({ version: 1 })],
    ];
    for (const [kind, data] of cases) expect(() => openReceipt(file(data), aRelease, key)).toThrow(flaw(kind));
    expect(() => openReceipt(Buffer.from("{"), aRelease, key)).toThrow(flaw("unreadable"));
  });
});

it("a signature is worth nothing for another kind of thing", () => {
  const signature = sign(key, "receipt", "text");
  expect(check(key, "receipt", "text", signature)).toBe("holds");
  expect(check(key, "rollback point", "text", signature)).toBe("altered");
});

function flaw(kind: FlawKind) {
  return expect.objectContaining({ kind, next: "Make one: pnpm promote --check" });
}

function file(data: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(data, null, 2)}\n`);
}

function reversed(value: unknown): unknown {
  if (!value || typeof value !== "object" || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)]);
  return Object.fromEntries(entries.reverse());
}
