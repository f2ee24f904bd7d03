import { describe, expect, it } from "vitest";
import { within } from "./within.ts";

describe("a limit of time", () => {
  it("ends what takes longer, and says so", async () => {
    const work = Promise.withResolvers<never>();
    const end = async () => work.reject(new Error("closed"));
    await expect(within(0.0005, "The export", () => work.promise, end)).rejects.toThrow(
      "The export took longer than 0.0005 minutes",
    );
  });

  it("leaves what ends in time alone, well or not", async () => {
    const never = async () => expect.unreachable();
    expect(await within(1, "It", async () => 5, never)).toBe(5);
    await expect(within(1, "It", async () => Promise.reject(new Error("its own")), never)).rejects.toThrow("its own");
  });
});
