import { describe, expect, it } from "vitest";
import { merge } from "./checks-of.ts";
import { checkWith, contextWith } from "./testing.ts";
import { adjustment } from "./types/common.ts";

const disk = checkWith({
  name: "host disk",
  thresholds: { warning: 85, critical: 95, unit: "% full", bad: "above" },
});
const defaults = [disk, checkWith({ name: "n8n readiness", service: "n8n" })];
const own = (name: string, place: string) => ({ place, check: checkWith({ name, seen: place } as object) });
const change = (place: string, written: object) => ({ place, adjustment: adjustment.parse(written) });

describe("definitions over defaults", () => {
  it("add to them, and replace one of the same name", () => {
    const checks = merge(defaults, [own("website", "a.yml:1"), own("n8n readiness", "a.yml:9")]);
    expect(checks.map(({ name }) => name)).toEqual(["host disk", "n8n readiness", "website"]);
    expect(checks[1]).toMatchObject({ seen: "a.yml:9" });
  });

  it("adjust one, leaving the rest of it", () => {
    const [changed] = merge(defaults, [
      change("a.yml:1", { name: "host disk", interval: "5m", thresholds: { warning: 70 } }),
    ]);
    expect(changed).toEqual({ ...disk, interval: 300_000, thresholds: { ...disk.thresholds, warning: 70 } });
  });

  it("switch one off, saying where", () => {
    const [changed] = merge(defaults, [change("a.yml:3", { name: "host disk", disabled: true })]);
    expect(changed?.notApplicable?.(contextWith())).toBe("switched off at a.yml:3");
  });

  it("are refused when two have one name", () => {
    expect(() => merge(defaults, [own("website", "a.yml:1"), own("website", "b.ts, check 2")])).toThrow(
      'b.ts, check 2: check "website" is defined twice, first at a.yml:1',
    );
  });

  it("are refused when there is nothing to change", () => {
    expect(() => merge(defaults, [change("a.yml:1", { name: "n8n ready", disabled: true })])).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('there is no default check "n8n ready" to change'),
        next: "There are: n8n readiness",
      }),
    );
    expect(() => merge(defaults, [change("a.yml:1", { name: "n8n readiness", thresholds: { warning: 1 } })])).toThrow(
      'a.yml:1: check "n8n readiness" measures nothing that thresholds could be for',
    );
  });
});
