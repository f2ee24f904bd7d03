import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phases } from "../types.ts";
import { overall, progressFields, stepInWords, stepOf } from "./progress.ts";
import { Speed } from "./speed.ts";

describe("progress", () => {
  it("never goes back as phases follow, begins at 0 and ends at 100", () => {
    expect(overall({ phase: "backup", fraction: 0 })).toBe(0);
    expect(overall({ phase: "verify", fraction: 1 })).toBe(100);
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const place = fc.tuple(fc.nat(4), fraction);
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [first, second] = [one, other].sort((a, b) => a[0] - b[0] || a[1] - b[1]) as [typeof one, typeof one];
        const at = ([phase, fraction]: typeof one) => overall({ phase: phases[phase] ?? "backup", fraction });
        expect(at(first)).toBeLessThanOrEqual(at(second));
      }),
    );
  });

  it("is said as a step of five", () => {
    expect(stepOf("transfer")).toBe(2);
    expect(stepOf(null)).toBe(0);
    expect(stepInWords({ phase: "transfer", fraction: 0 })).toBe("Transferring backup…");
    expect(stepInWords({ phase: "restore", fraction: 0, at: "public.people" })).toBe("Restoring public.people…");
    expect(progressFields({ phase: "restore", fraction: Number.NaN })).toMatchObject({ phaseProgress: 0 });
    expect(progressFields({ phase: "restore", fraction: 7 })).toMatchObject({ phaseProgress: 100 });
  });
});

describe("speed", () => {
  it("is bytes over the last seconds, and tells when the rest is through", () => {
    const speed = new Speed();
    expect(speed.perSecond()).toBeNull();
    expect(speed.secondsFor(100)).toBeNull();
    speed.note(0, 0);
    expect(speed.perSecond()).toBeNull();
    speed.note(1_000, 500);
    expect(speed.perSecond()).toBe(2_000);
    expect(speed.secondsFor(10_000)).toBe(5);
    expect(speed.secondsFor(0)).toBe(0);
  });

  it("forgets how it was, and says nothing where nothing moves", () => {
    const speed = new Speed();
    for (let second = 0; second <= 60; second++) speed.note(second * 1_000, second * 1_000);
    for (let second = 61; second <= 80; second++) speed.note(60_000, second * 1_000);
    expect(speed.perSecond()).toBe(0);
    expect(speed.secondsFor(1)).toBeNull();
  });

  it("is never negative, whatever is noted", () => {
    const steps = fc.array(fc.tuple(fc.nat(1e9), fc.nat(20_000)), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (list) => {
        const speed = new Speed();
        let [bytes, now] = [0, 0];
        for (const [more, later] of list) {
          bytes += more;
          now += later;
          speed.note(bytes, now);
          expect(speed.perSecond() ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
