import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Installation } from "./installation.ts";
import { Journal } from "./journal.ts";

const installation = () => ({ stateDir: mkdtempSync(join(tmpdir(), "journal-")) }) as Installation;

describe("Journal", () => {
  it("knows a run that was cut off, and where", () => {
    const place = installation();
    new Journal(place, "staging", "deploy:staging").step("apply");
    expect(new Journal(place, "staging", "deploy:staging").interrupted()).toMatchObject({
      verb: "deploy:staging",
      step: "apply",
    });
    expect(new Journal(place, "production", "deploy:production").interrupted()).toBeUndefined();
  });

  it.each(["succeeded", "failed"] as const)("takes a run that %s as ended", (result) => {
    const place = installation();
    const journal = new Journal(place, "staging", "deploy:staging");
    journal.step("apply");
    journal.end(result);
    expect(journal.interrupted()).toBeUndefined();
    expect(journal.endedWell()).toBe(result === "succeeded");
  });

  it("passes over a line that was torn by a crash", () => {
    const place = installation();
    const journal = new Journal(place, "staging", "deploy:staging");
    journal.step("plan");
    appendFileSync(join(place.stateDir, "journal", "staging.jsonl"), '{"run":"x","verb":"deploy:sta');
    expect(journal.interrupted()).toMatchObject({ step: "plan" });
  });
});
