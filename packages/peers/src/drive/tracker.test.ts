import { expect, it } from "vitest";
import { Book } from "../book/book.ts";
import { Tracker } from "./tracker.ts";

it("writes down progress, speed and time left, never more often than a page shows, and never backwards", () => {
  let now = 1_000_000;
  using book = Book.open(":memory:", () => now);
  book.sessions.insert({
    sessionId: "s",
    direction: "pull",
    method: "backup",
    role: "driver",
    peer: { nodeId: "b", name: "B" },
    sourceName: "B",
    targetName: "A",
    options: { compressionEnabled: true, verifyAfterSync: true },
  });
  const tracker = new Tracker(book.sessions, "s", () => now);
  tracker.at({ phase: "transfer", fraction: 0 }, { done: 0, total: 10_000_000 });
  now += 1_000;
  tracker.at({ phase: "transfer", fraction: 0.4 }, { done: 4_000_000, total: 10_000_000 });
  const shown = book.sessions.get("s");
  expect(shown).toMatchObject({
    phase: "transfer",
    step: 2,
    currentStep: "Transferring backup…",
    phaseProgress: 40,
    bytesTransferred: 4_000_000,
    totalBytes: 10_000_000,
    transferSpeed: 4_000_000,
    estimatedTimeRemaining: 2,
    estimatedCompletion: new Date(now + 2_000).toISOString(),
  });
  now += 10;
  tracker.at({ phase: "transfer", fraction: 0.5 }, { done: 5_000_000, total: 10_000_000 });
  expect(book.sessions.get("s")).toEqual(shown);
  tracker.at({ phase: "restore", fraction: 0.5 });
  const later = book.sessions.get("s")?.progress ?? 0;
  tracker.at({ phase: "convert", fraction: 0 });
  expect(book.sessions.get("s")).toMatchObject({ phase: "convert", progress: later });
  expect(book.sessions.logOf("s").map(({ text }) => text)).toEqual([
    "Transferring backup…",
    "Restoring…",
    "Converting to upserts…",
  ]);
});
