import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { amount, share } from "./byte-progress.ts";

describe("progress of bytes", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  it("says how much has passed, how fast, and when it will end; seldom", () => {
    const said: string[] = [];
    const [ofAll, some] = [
      share(4_000_000, (line) => said.push(line), "written"),
      amount((line) => said.push(line), "n8n"),
    ];
    for (let second = 1; second <= 2; second++) {
      for (let part = 0; part < 10; part++) {
        vi.advanceTimersByTime(100);
        ofAll(100_000);
        some(200_000);
      }
    }
    expect(said).toEqual([
      "25 % written, 1.0 MB of 4.0 MB, 3 s left",
      "n8n: 2.0 MB, 2.0 MB/s",
      "50 % written, 2.0 MB of 4.0 MB, 2 s left",
      "n8n: 4.0 MB, 2.0 MB/s",
    ]);
  });
});
