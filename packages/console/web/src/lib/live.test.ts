import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isReadOn, readerOf } from "./live.ts";

const read: string[] = [];
const changed = readerOf((key) => read.push(key));
const taken = () => read.splice(0).toSorted();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reads views again when a command begins, takes a step or ends, and not with each step", () => {
  changed(["runs"]);
  expect(taken()).toEqual(["overview", "runs", "view"]);
  for (let step = 0; step < 4; step++) changed(["journal"]);
  expect(new Set(taken())).toEqual(new Set(["overview", "releases"]));
  vi.advanceTimersByTime(5_000);
  expect(taken()).toEqual(["releases", "view"]);
  vi.advanceTimersByTime(20_000);
  expect(taken()).toEqual([]);
});

it("reads the monitor's last news, too, when they come faster than they are read", () => {
  changed(["health"]);
  expect(taken()).toEqual(["health", "overview"]);
  changed(["health"]);
  expect(taken()).toEqual([]);
  vi.advanceTimersByTime(15_000);
  expect(taken()).toEqual(["health", "overview"]);
});

it("waits with the monitor's news only", () => {
  changed(["health"]);
  taken();
  changed(["journal", "health"]);
  expect(taken()).toContain("overview");
});

it("leaves a history of which somebody reads older pages as it is", () => {
  expect([undefined, { runs: [] }, { pages: [1] }, { pages: [1, 2] }].map(isReadOn)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
