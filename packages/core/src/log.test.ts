import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findInstallation } from "./installation.ts";
import { openLog } from "./log.ts";
import { secrets } from "./redact.ts";

it("a log goes on in the next day's file, and never shows a secret", () => {
  const installation = findInstallation({ UNDERSTUDY_ROOT: mkdtempSync(join(tmpdir(), "log-")) });
  let now = new Date(2026, 10, 21, 23, 59, 59);
  const log = openLog(installation, "health", "monitor", () => now);
  secrets.add(["correct horse"]);
  log.info("before midnight: correct horse");
  now = new Date(2026, 10, 22, 0, 0, 1);
  log.info("after midnight");
  const folder = join(installation.logsDir, "health");
  expect(readdirSync(folder).sort()).toEqual(["monitor-20261121.log", "monitor-20261122.log"]);
  const [first, second] = readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"));
  expect(first).toContain("before midnight: ‹secret›");
  expect(second).toContain("after midnight");
});
