import { expect, it } from "vitest";
import { lagOf } from "./periodic.ts";

const now = Date.parse("2026-01-01T00:10:00Z");
const nothing = { oldest_pending: null, last_sync: "2026-01-01T00:09:30Z", failing: false, began: now - 600_000 };

it("lag is since the oldest write that waits, or since the last exchange while they fail", () => {
  expect(lagOf(nothing, now)).toBe(0);
  expect(lagOf({ ...nothing, oldest_pending: "2026-01-01T00:09:45Z" }, now)).toBe(15);
  expect(lagOf({ ...nothing, failing: true }, now)).toBe(30);
  expect(lagOf({ ...nothing, failing: true, oldest_pending: "2026-01-01T00:05:00Z" }, now)).toBe(300);
  expect(lagOf({ ...nothing, failing: true, last_sync: null }, now)).toBe(600);
  expect(lagOf({ ...nothing, oldest_pending: "2026-01-01T00:10:05Z" }, now)).toBe(0);
});
