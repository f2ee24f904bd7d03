import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyInstallation } from "../receipt/testing.ts";
import { readLastRun, readRuns } from "./read-runs.ts";

const start = Date.parse("2026-11-21T12:00:00.000Z");
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

/** Runs of a minute each, every tenth of which fails, as `mutate` journals and audits them; the last goes on. */
function busy(count: number) {
  const installation = emptyInstallation();
  const runs = Array.from({ length: count }, (_, index) => ({
    ...{ began: index * 60, verb: index % 2 ? "backup" : "deploy:staging", who: `ada${index}@laptop` },
    ...{ failed: index % 10 === 3, goesOn: index === count - 1 },
  }));
  const journal = runs.flatMap(({ began, verb, failed, goesOn }) => {
    const line = (step: string, seconds: number, detail?: object) =>
      JSON.stringify({ run: `${start + began * 1_000}-7`, verb, step, at: at(began + seconds), detail });
    const end = line("end", 50, { result: failed ? "failed" : "succeeded" });
    return [line("plan", 2), line("apply", 3), ...(goesOn ? [] : [end])];
  });
  const audited = runs.flatMap(({ began, verb, who, failed, goesOn }, index) => {
    const line = (seconds: number, result: string, detail?: string) =>
      JSON.stringify({ at: at(began + seconds), who, what: verb, environment: "staging", result, detail });
    const end = failed ? line(51, "failed", `reason ${index}`) : line(51, "succeeded");
    return [line(1, "started"), ...(goesOn ? [] : [end])];
  });
  for (const [file, lines] of [
    [join(installation.stateDir, "journal/staging.jsonl"), journal],
    [join(installation.logsDir, "audit.jsonl"), audited],
  ] as const) {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
  }
  return installation;
}

it("finds of every run who began it and why it failed", () => {
  const runs = readRuns(busy(40), "staging");
  expect(runs.map(({ who }) => who)).toEqual(Array.from({ length: 40 }, (_, index) => `ada${index}@laptop`));
  expect(runs.flatMap(({ why }, index) => (why ? [[index, why]] : []))).toEqual([
    ...[3, 13, 23, 33].map((index) => [index, `reason ${index}`]),
  ]);
});

it("reads the last run as it is among all", () => {
  const installation = busy(40);
  const last = readLastRun(installation, "staging");
  expect(last).toEqual(readRuns(installation, "staging").at(-1));
  expect(last).toMatchObject({ result: "open", step: "apply", who: "ada39@laptop" });
  expect(readLastRun(installation, "production")).toBeUndefined();
});
