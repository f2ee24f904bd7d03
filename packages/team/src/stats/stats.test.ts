import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, resolveEnvironment, secrets, UserError } from "@understudy/core";
import { expect, it } from "vitest";
import { pastRuns, remember, rememberFailure } from "./runs.ts";
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
    secrets.add(["hunter2-hunter2"]);
    rememberFailure(target, "import", performance.now(), new UserError("No key hunter2-hunter2"));
    for (const free of ["1.5 GB", "800 MB"]) {
      const error = new UserError(`There is no room: ${free} are free\nas said`);
      rememberFailure(target, "import", performance.now(), error);
    }
    const noRoom = new UserError("There is no room: 7 GB are free");
    rememberFailure(target, "import", performance.now(), noRoom);
    appendFileSync(join(installation.stateDir, "team/runs.jsonl"), '{"at":"2026-11-2');
    const [exports, imports] = summarise(pastRuns(installation));
    expect(exports).toEqual({
      ...{ verb: "export", runs: 4, failed: 1, successPercent: 75, medianSeconds: 4, longestSeconds: 9, lastBytes: 90 },
      last: at.toISOString(),
      failures: [],
    });
    expect(imports).toMatchObject({ verb: "import", successPercent: 0, medianSeconds: null, lastBytes: null });
    expect(imports?.failures).toEqual([
      { error: "There is no room: … GB are free", times: 2 },
      { error: "No key ‹secret›", times: 1 },
      { error: "There is no room: … MB are free", times: 1 },
    ]);
  } finally {
    rmSync(installation.root, { recursive: true });
  }
});
