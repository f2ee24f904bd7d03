import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compressionPays, probe } from "./compression.ts";

const slow = 12_500_000;
const fast = 2_000_000_000;

describe("compression", () => {
  it("pays on a slow line for rows that repeat themselves", async () => {
    const rows = await probe(Buffer.from("1\tsomebody\tsome words that come again\t2026-01-01\n".repeat(5_000)));
    expect(rows.packed).toBeLessThan(rows.raw / 5);
    expect(compressionPays({ ...rows, ms: 1 }, slow)).toBe(true);
  });

  it("does not where the line is faster than it, or nothing gets smaller", async () => {
    expect(compressionPays({ raw: 250_000, packed: 25_000, ms: 1 }, fast)).toBe(false);
    const noise = await probe(randomBytes(250_000));
    expect(compressionPays({ ...noise, ms: 0 }, slow)).toBe(false);
    expect(compressionPays({ raw: 0, packed: 0, ms: 0 }, slow)).toBe(false);
    expect(compressionPays({ raw: 100, packed: 1, ms: 0 }, 0)).toBe(false);
  });
});
