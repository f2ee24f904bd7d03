import { expect, it } from "vitest";
import { progressLine } from "./progress-line.ts";

it("says how far it is, and how long it takes yet", () => {
  expect(progressLine({ done: 1_200_000_000, total: 3_000_000_000, elapsed: 12 })).toBe(
    "40 %, 1.2 GB of 3.0 GB, 18 s left",
  );
  expect(progressLine({ done: 0, total: 5_000, elapsed: 0 })).toBe("0 %, 0 B of 5 kB");
  expect(progressLine({ done: 80_000_000, total: 0, elapsed: 2 })).toBe("80.0 MB, 40.0 MB/s");
  expect(progressLine({ done: 0, total: 0, elapsed: 0 })).toBe("0 B");
});
