import { expect, it } from "vitest";
import { TransferProgress } from "./transfer-progress.ts";

it("tells bytes, rate and time left, at the pace that was asked for", () => {
  const lines: string[] = [];
  const progress = new TransferProgress("sending", (line) => lines.push(line), 1_000);
  progress.at(0, 400 * 1_048_576, 10_000);
  progress.at(50 * 1_048_576, 400 * 1_048_576, 10_900);
  progress.at(100 * 1_048_576, 400 * 1_048_576, 12_000);
  progress.at(4 * 1_048_576, 5 * 1_048_576, 18_000);
  expect(lines).toEqual([
    "sending 0 of 400 MiB",
    "sending 100 of 400 MiB, 50 MiB/s, 6 s left",
    "sending 4 of 5 MiB, 0.5 MiB/s, 2 s left",
  ]);
});
