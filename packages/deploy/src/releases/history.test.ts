import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit, type Installation, Journal, operator, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import { writeReceipt } from "../receipt/store.ts";
import { aReceipt, aRelease, emptyInstallation } from "../receipt/testing.ts";
import { historyTable, releaseHistory } from "./history.ts";

const other = "r-ba9876543210";

function target(installation: Installation): Target {
  return { installation, environment: { name: "staging" } } as Target;
}

/** A run as `mutate` journals and audits it. */
function run(
  installation: Installation,
  verb: string,
  steps: readonly (readonly [string, unknown?])[],
  failed?: string,
) {
  const journal = new Journal(installation, "staging", verb);
  const record = (result: "started" | "succeeded" | "failed", detail?: unknown) =>
    audit(installation, { what: verb, environment: "staging", result, detail });
  record("started");
  for (const [step, detail] of steps) journal.step(step, detail);
  journal.end(failed === undefined ? "succeeded" : "failed");
  record(failed === undefined ? "succeeded" : "failed", failed);
}

describe("releaseHistory", () => {
  it("is empty where nothing was deployed", () => {
    const history = releaseHistory(target(emptyInstallation()), 20);
    expect(history).toEqual({ environment: "staging", releases: [] });
    expect(historyTable(history)).toBe("Nothing was deployed to staging from here yet\n");
  });

  it("tells the newest first: what, who, how it ended, and whether there is a receipt", async () => {
    const installation = emptyInstallation();
    run(installation, "deploy:staging", [["prepare"], ["plan", { release: aRelease }], ["apply"]]);
    await nextMillisecond();
    run(installation, "sync:production", [["copy"]]);
    await nextMillisecond();
    run(installation, "deploy:staging", [["prepare"]], "No image is called n8n:9");
    await nextMillisecond();
    run(installation, "deploy:staging", [["plan", { release: other }], ["apply"]]);
    await nextMillisecond();
    new Journal(installation, "staging", "promote").step("backup", { release: aRelease });
    writeFact(installation, "staging", "release", { id: other });
    writeReceipt(installation, aReceipt());

    const history = releaseHistory(target(installation), 20);
    const who = expect.stringContaining("@");
    expect(history.releases).toEqual([
      expect.objectContaining({
        verb: "promote",
        release: aRelease,
        result: "open",
        why: "at backup",
        receipt: "yes",
        who: null,
      }),
      expect.objectContaining({ release: other, current: true, result: "succeeded", why: null, receipt: "no", who }),
      expect.objectContaining({
        release: null,
        current: false,
        result: "failed",
        why: "No image is called n8n:9",
        who,
      }),
      expect.objectContaining({ release: aRelease, current: false, result: "succeeded", receipt: "yes", who }),
    ]);
    expect(historyTable(history)).toMatch(/failed: No image is called n8n:9/);
    expect(releaseHistory(target(installation), 1).releases).toEqual(history.releases.slice(0, 1));
    const [, second] = history.releases;
    expect(releaseHistory(target(installation), 1, second?.at).releases).toEqual(history.releases.slice(2, 3));
  });

  it("tells a run that was cut off from one that goes on, and passes over torn lines", async () => {
    const installation = emptyInstallation();
    new Journal(installation, "staging", "deploy:staging").step("apply");
    await nextMillisecond();
    run(installation, "deploy:staging", [["plan", { release: aRelease }]]);
    for (const file of [".understudy/journal/staging.jsonl", "logs/audit.jsonl"])
      appendFileSync(join(installation.root, file), '{"run":"x","verb":"deploy:sta');
    expect(releaseHistory(target(installation), 20).releases).toMatchObject([
      { result: "succeeded" },
      { result: "cut off", why: "at apply", release: null },
    ]);
  });

  it("says so when a receipt was altered, and does without the audit", () => {
    const installation = emptyInstallation();
    run(installation, "deploy:staging", [["plan", { release: aRelease }]]);
    const file = writeReceipt(installation, aReceipt());
    writeFileSync(file, readFileSync(file, "utf8").replace("ada", "eve"));
    writeFileSync(join(installation.logsDir, "audit.jsonl"), "");
    expect(releaseHistory(target(installation), 20).releases).toMatchObject([{ receipt: "altered", who: operator() }]);
  });

  it("takes seconds from the moment that the lock was taken to the end", () => {
    const installation = emptyInstallation();
    mkdirSync(join(installation.stateDir, "journal"), { recursive: true });
    const began = Date.parse("2026-11-21T12:00:00.000Z");
    const line = (step: string, seconds: number) =>
      JSON.stringify({
        run: `${began}-7`,
        verb: "deploy:staging",
        step,
        at: new Date(began + seconds * 1_000).toISOString(),
      });
    writeFileSync(
      join(installation.stateDir, "journal", "staging.jsonl"),
      `${line("apply", 2)}\n${line("end", 61.24)}\n`,
    );
    expect(releaseHistory(target(installation), 20).releases).toMatchObject([
      { at: "2026-11-21T12:00:00.000Z", seconds: 61.2, result: "failed" },
    ]);
  });
});

/** Runs are named by the millisecond that they began in. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await new Promise(setImmediate);
}
