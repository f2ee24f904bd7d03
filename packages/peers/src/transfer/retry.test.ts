import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentError } from "../agent-error.ts";
import { waitAfter, withRetries } from "./retry.ts";

describe("trying again", () => {
  it("waits for anything up to 0.25 s, 0.5 s … 15 s", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), random, (failures, drawn) => {
        const wait = waitAfter(failures, () => drawn);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(15_000, 250 * 2 ** (failures - 1)));
      }),
    );
  });

  it("goes on until patience is over, and ends at once for what will not pass", async () => {
    let now = 0;
    let tries = 0;
    const failing = async () => {
      tries++;
      now += 100;
      throw new Error("gone");
    };
    const options = { patience: 1_000, random: () => 0, clock: () => now };
    await expect(withRetries(failing, { ...options, mayPass: () => true })).rejects.toThrow("gone");
    expect(tries).toBe(12);
    tries = 0;
    await expect(withRetries(failing, { ...options, mayPass: () => false })).rejects.toThrow("gone");
    expect(tries).toBe(1);
  });

  it("counts patience from the first failure, and anew when something else worked since", async () => {
    let now = 0;
    let tries = 0;
    const late = async () => {
      now += tries++ === 0 ? 1_000_000 : 600;
      if (tries < 4) throw new Error("gone");
      return "done";
    };
    const options = { patience: 1_000, random: () => 0, clock: () => now, mayPass: () => true };
    await expect(withRetries(late, options)).rejects.toThrow("gone");
    [now, tries] = [0, 0];
    await expect(withRetries(late, { ...options, worked: () => now - 300 })).resolves.toBe("done");
  });

  it("leaves alone for as long as it is asked to", async () => {
    const busy = new AgentError(429, "too-many-requests", "Too many", undefined, { retryAfter: 1 });
    let tries = 0;
    const began = performance.now();
    const work = async () => {
      if (tries++ === 0) throw busy;
      return "done";
    };
    const options = { patience: 60_000, random: () => 0, mayPass: () => true };
    await expect(withRetries(work, options)).resolves.toBe("done");
    expect(performance.now() - began).toBeGreaterThan(990);
  });

  it("ends when it is told to", async () => {
    const stop = new AbortController();
    const work = async () => {
      stop.abort(new Error("cancelled"));
      throw new Error("gone");
    };
    const options = { patience: 1e9, mayPass: () => true, signal: stop.signal };
    await expect(withRetries(work, options)).rejects.toThrow("cancelled");
  });
});
