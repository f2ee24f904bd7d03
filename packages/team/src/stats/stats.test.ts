import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, resolveEnvironment } from "@understudy/core";
import { expect, it } from "vitest";
import { pastRuns, remember } from "./runs.ts";
import { summarise } from "./summarise.ts";

it("sums up past runs, and passes over a torn line", () => {
  const installation = findInstallation({ UNDERSTUDY_ROOT: mkdtempSync(join(tmpdir(), "understudy-stats-")) });
  const settings = parseSettings("", "empty");
  const target = { installation, settings, environment: resolveEnvironment(settings, "staging") };
  const at = new Date("2026-11-22T10:00:00Z");
  try {
    expect(summarise(pastRuns(installation))).toEqual([]);
    for (const seconds of [4, 2, 9])
      remember(target, { verb: "export", result: "succeeded", seconds, bytes: seconds * 10 }, at);
    remember(target, { verb: "export", result: "failed", seconds: 100 }, at);
    remember(target, { verb: "import", result: "failed", seconds: 1 }, at);
    appendFileSync(join(installation.stateDir, "team/runs.jsonl"), '{"at":"2026-11-2');
    const [exports, imports] = summarise(pastRuns(installation));
    expect(exports).toEqual({
      ...{ verb: "export", runs: 4, failed: 1, successPercent: 75, medianSeconds: 4, longestSeconds: 9, lastBytes: 90 },
      last: at.toISOString(),
    });
    expect(imports).toMatchObject({ verb: "import", successPercent: 0, medianSeconds: null, lastBytes: null });
  } finally {
    rmSync(installation.root, { recursive: true });
  }
});
