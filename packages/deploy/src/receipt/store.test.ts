import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readReceipt, receiptHash, writeReceipt } from "./store.ts";
import { aReceipt, aRelease, emptyInstallation } from "./testing.ts";

it("keeps one receipt a release, the newest", () => {
  const installation = emptyInstallation();
  expect(receiptHash(installation, aRelease)).toBeNull();
  writeReceipt(installation, aReceipt({ by: "eve@laptop" }));
  const earlier = receiptHash(installation, aRelease);
  writeReceipt(installation, aReceipt());
  expect(readReceipt(installation, aRelease)).toEqual(aReceipt());
  expect(receiptHash(installation, aRelease)).not.toBe(earlier);
});

it("says whether a receipt is missing, cannot be read, or was altered", () => {
  const installation = emptyInstallation();
  expect(readReceipt(installation, aRelease)).toMatchObject({ kind: "missing" });
  const file = writeReceipt(installation, aReceipt());
  writeFileSync(file, readFileSync(file, "utf8").replace("ada", "eve"));
  expect(readReceipt(installation, aRelease)).toMatchObject({ kind: "altered" });
  rmSync(file);
  mkdirSync(file);
  expect(readReceipt(installation, aRelease)).toMatchObject({ kind: "unreadable" });
});
