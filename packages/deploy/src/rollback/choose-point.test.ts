import { describe, expect, it } from "vitest";
import type { ListedPoint } from "../points/list-points.ts";
import { choosePoint } from "./choose-point.ts";

const point = (tag: string, changes: Partial<ListedPoint> = {}): ListedPoint => ({
  tag,
  time: "2026-11-21T12:00:00.000Z",
  commit: "c".repeat(40),
  backup: "backup-1",
  verified: true,
  size: 1,
  differs: ["commit"],
  ...changes,
});
const runs = point("runs", { differs: [] });
const broken = point("broken", { problem: "its images are gone: n8n", next: "Bring them back" });
const withoutData = point("without-data", { dataProblem: "its backup backup-1 is gone" });
const good = point("good");

describe("of the rollback points", () => {
  it("the newest that leads elsewhere is taken when none is named", () => {
    expect(choosePoint([runs, broken, withoutData, good], undefined, false)).toBe(withoutData);
    expect(choosePoint([runs, broken, withoutData, good], undefined, true)).toBe(good);
    expect(() => choosePoint([runs, broken], undefined, false)).toThrow("There is no good rollback point");
  });

  it("the one that is named is taken, also when it is what runs: its data may not be", () => {
    expect(choosePoint([runs, good], "runs", true)).toBe(runs);
    expect(choosePoint([withoutData], "without-data", false)).toBe(withoutData);
  });

  it("one that cannot be gone back to is refused, with the reason", () => {
    expect(() => choosePoint([good], "other", false)).toThrow(
      expect.objectContaining({ message: 'There is no rollback point "other"', exitCode: 2 }),
    );
    expect(() => choosePoint([broken], "broken", false)).toThrow(
      expect.objectContaining({
        message: "broken cannot be gone back to: its images are gone: n8n",
        next: "Bring them back",
      }),
    );
    expect(() => choosePoint([withoutData], "without-data", true)).toThrow(
      "without-data cannot be gone back to with its data: its backup backup-1 is gone",
    );
  });
});
