import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decrypt, encryptCbc } from "./cipher.ts";

const key = "0123456789abcdef".repeat(4);
const text = '{"user":"jürgen","password":"p4ss"}';

// Written by n8n 2.41.1's own classes, CipherAes256CBC and CipherAes256GCM.
const written = {
  "aes-256-cbc": "U2FsdGVkX19SraLDCTi64V1Km0MQAvJfg/A6ePIg0e4bojq7/ii5r9Il1p5kM5lvq5m1Ph5K51YOfOIimswXlQ==",
  "aes-256-gcm":
    "AdZRzpn545idMXspiNAe7bbWD/Vtgh7FrwL0e0WbyJvd1NJcZGyzNwY3YufrOUe5oAcn7yhIZSjNN+mCBLtKFmaDteDiLE9u2B9P1NEe0xe8Y6hv/A==",
} as const;

describe("n8n's encryption", () => {
  it.each(["aes-256-cbc", "aes-256-gcm"] as const)("opens what n8n wrote with %s", (algorithm) => {
    expect(decrypt(written[algorithm], key, algorithm)).toBe(text);
  });

  it("opens what it wrote, which differs each time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (any) => {
        expect(decrypt(encryptCbc(any, key), key, "aes-256-cbc")).toBe(any);
      }),
    );
    expect(encryptCbc(text, key)).not.toBe(encryptCbc(text, key));
  });

  it("does not open content that was altered, nor of a format that is not known", () => {
    const altered = Buffer.from(written["aes-256-gcm"], "base64");
    altered[60] = (altered[60] ?? 0) ^ 1;
    expect(() => decrypt(altered.toString("base64"), key, "aes-256-gcm")).toThrow();
    altered[0] = 2;
    expect(() => decrypt(altered.toString("base64"), key, "aes-256-gcm")).toThrow(
      "format of encryption 2 is not known",
    );
    expect(() => decrypt(written["aes-256-cbc"], "f".repeat(64), "aes-256-cbc")).toThrow();
  });
});
