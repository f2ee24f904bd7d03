import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SyncError } from "../sync-error.ts";
import { waitAfter, withRetries } from "./retry.ts";

const never = new AbortController().signal;
const gone = new SyncError(0, "unreachable", "no network");

describe("trying again", () => {
  it("waits for anything up to 1 s, 2 s, 4 s … 60 s, and never less than it was asked to", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(500),
        (failures, random, asked) => {
          const wait = waitAfter(
            failures,
            () => random,
            new SyncError(429, "too-many-requests", "later", "", { retryAfter: asked }),
          );
          expect(wait).toBeGreaterThanOrEqual(asked * 1_000);
          expect(wait).toBeLessThanOrEqual(Math.max(asked * 1_000, 60_000, 0));
          if (asked === 0) expect(wait).toBeLessThanOrEqual(1_000 * 2 ** (failures - 1));
        },
      ),
    );
  });

  it("ends after so many times, and at once for what will not pass", async () => {
    const failing = (error: Error) => {
      const tried = { times: 0 };
      const work = async () => {
        tried.times++;
        throw error;
      };
      return { tried, work };
    };
    const options = { retries: 3, random: () => 0, signal: never };
    const passing = failing(gone);
    await expect(withRetries(passing.work, options)).rejects.toBe(gone);
    expect(passing.tried.times).toBe(4);
    const lasting = failing(new SyncError(422, "invalid-packet", "wrong"));
    await expect(withRetries(lasting.work, options)).rejects.toThrow("wrong");
    expect(lasting.tried.times).toBe(1);
  });
});
