import { describe, expect, it } from "vitest";
import { KeptAnswers } from "./kept.ts";

describe("KeptAnswers", () => {
  it("asks once while an answer is fresh, also for those who ask meanwhile", async () => {
    let [now, asked] = [0, 0];
    const kept = new KeptAnswers(10, () => now);
    const ask = () => kept.get("a", async () => ++asked);
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    now = 9;
    expect(await ask()).toBe(1);
    now = 10;
    expect(await ask()).toBe(2);
    expect(await kept.get("b", async () => "other")).toBe("other");
  });

  it("asks again after a failure, and after something was changed", async () => {
    const kept = new KeptAnswers(10, () => 0);
    await expect(kept.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await kept.get("a", async () => 1)).toBe(1);
    await kept.get("b", async () => "other");
    kept.forget("a");
    expect(await kept.get("a", async () => 2)).toBe(2);
    expect(await kept.get("b", async () => "asked again")).toBe("other");
    kept.forget();
    expect(await kept.get("b", async () => "asked again")).toBe("asked again");
  });
});
