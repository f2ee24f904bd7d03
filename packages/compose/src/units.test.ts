import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBytes, formatDuration, parseBytes, parseDuration } from "./units.ts";

test.each([
  ["10s", 10_000],
  ["1m30s", 90_000],
  ["1h2m3.5s", 3_723_500],
  ["250ms", 250],
  ["500us", 0.5],
])("duration %s", (text, expected) => expect(parseDuration(text)).toBe(expected));

test.each(["", "10", "s", "10 s", "-1s", "10sx", "1d"])("'%s' is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ["100", 100],
  ["64k", 65_536],
  ["512m", 536_870_912],
  ["1.5gb", 1_610_612_736],
  ["2GiB", 2_147_483_648],
  ["7b", 7],
])("size %s", (text, expected) => expect(parseBytes(text)).toBe(expected));

test.each(["", "m", "-1m", "1x", "1mm", "1 2m"])("'%s' is no size", (text) => expect(parseBytes(text)).toBeUndefined());

test("what is formatted is read back", () => {
  fc.assert(fc.property(fc.nat(10 ** 9), (ms) => void expect(parseDuration(formatDuration(ms))).toBe(ms)));
  fc.assert(fc.property(fc.nat({ max: 2 ** 50 }), (bytes) => void expect(parseBytes(formatBytes(bytes))).toBe(bytes)));
});
