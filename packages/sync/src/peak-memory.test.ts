import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { peakMemory } from "./peak-memory.ts";

describe("peak memory", () => {
  it("holds what this process has", () => {
    const held = Buffer.alloc(300_000_000, 1);
    expect(peakMemory()).toBeGreaterThan(held.length);
  });

  it("is this process' own, not that of the one that started it", () => {
    const held = Buffer.alloc(400_000_000, 1);
    const script = `import { peakMemory } from ${JSON.stringify(join(import.meta.dirname, "peak-memory.ts"))}; console.log(peakMemory())`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(Number(said)).toBeGreaterThan(20_000_000);
    expect(Number(said)).toBeLessThan(held.length / 2);
  });
});
