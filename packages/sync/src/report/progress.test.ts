import { bytesInWords, countInWords, secondsInWords } from "@understudy/core";
import { expect, test } from "vitest";
import { Progress } from "./progress.ts";

test("progress says how much, how fast and how long still", () => {
  let now = 0;
  const progress = new Progress(1_000_000_000, () => now);
  progress.bytes(50_000_000);
  now = 1_000;
  expect(progress.line("public.orders")).toBe("public.orders: 50.0 MB of about 1.0 GB");
  progress.bytes(150_000_000);
  progress.rows(1_234_567);
  now = 4_000;
  expect(progress.line("public.orders")).toBe(
    "public.orders: 200 MB of about 1.0 GB, 50.0 MB/s, 16 s left, 1,234,567 rows",
  );
});

test("more than was estimated is no negative time", () => {
  let now = 0;
  const progress = new Progress(1_000, () => now);
  progress.bytes(30_000);
  now = 3_000;
  expect(progress.line("t")).toBe("t: 30 kB of about 30 kB, 10 kB/s");
});

test("sizes, times and counts are in people's words", () => {
  expect([0, 999, 1_500, 45_600_000, 3.21e12].map(bytesInWords)).toEqual(["0 B", "999 B", "2 kB", "45.6 MB", "3.2 TB"]);
  expect([4.4, 59.7, 125].map(secondsInWords)).toEqual(["4 s", "1 min 0 s", "2 min 5 s"]);
  expect(countInWords(1_234_567)).toBe("1,234,567");
});
