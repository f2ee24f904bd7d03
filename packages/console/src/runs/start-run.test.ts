import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findInstallation } from "@understudy/core";
import { expect, it, onTestFinished } from "vitest";
import { orderOf } from "../actions.ts";
import { runFolders } from "./run-folder.ts";
import { startRun } from "./start-run.ts";

function installation() {
  const root = mkdtempSync(join(tmpdir(), "understudy-runs-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return findInstallation({ UNDERSTUDY_ROOT: root });
}

const order = orderOf("backup", { environment: "production" });

it("says that a process was refused, leaves no run behind, and lives on", async () => {
  const found = installation();
  // As the system refuses it when there are too many: without an id at once, with an event later.
  const begin = () => startRun({ ...found, root: join(found.root, "nowhere") }, order, "ada");
  expect(begin).toThrow("“Take a backup” could not be started: the system refused the process");
  expect(runFolders(found)).toEqual([]);
  await sleep(50);
});

it("leaves no run behind where the command is too long", () => {
  const found = installation();
  expect(() => startRun(found, { ...order, flags: ["a".repeat(200_000)] }, "ada")).toThrow(/E2BIG/);
  expect(runFolders(found)).toEqual([]);
});
