import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Settings } from "@understudy/core";
import { expect, it } from "vitest";
import { receiptOf } from "./receipt-of.ts";
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

it("says until when a receipt holds: by the oldest of what it says", () => {
  const installation = emptyInstallation();
  const of = { installation, settings: { promote: { receiptHours: 24, copyHours: 24 } } as Settings };
  expect(() => receiptOf(of, aRelease)).toThrow("has no receipt");
  writeReceipt(installation, aReceipt());
  expect(receiptOf(of, aRelease)).toEqual({ ...aReceipt(), holdsUntil: "2026-11-22T11:58:00.000Z" });
});
