import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox().withEverything();
});
afterEach(() => box[Symbol.dispose]());

test("two at once: each step is done by one of them, both run their verb", async () => {
  box.installGo("1.26.6", "sleep 0.3");
  const results = await Promise.all([box.run(["status"]), box.run(["status"]), box.run(["check"])]);
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(box.calls("npm")).toHaveLength(1);
  expect(box.calls("go build")).toHaveLength(2);
  expect(results.some(({ stderr }) => stderr.includes("waiting for it"))).toBe(true);
});

test("kill -9 of everything while Pulumi is built: nothing half is left, and the next run ends well", async () => {
  box.installGo("1.26.6", `echo half >"$2"; chmod 755 "$2"; sleep 5`);
  const { child, result } = box.start(["status"]);
  await box.untilCalled("go build");
  process.kill(-(child.pid as number), "SIGKILL");
  await result;
  expect(existsSync(join(box.pulumiHome, "bin"))).toBe(false);
  box.installGo();
  const again = await box.run(["status"]);
  expect(again.code).toBe(0);
  expect(readdirSync(box.cache)).not.toContain("tmp");
});

test("kill -9 of the launcher alone: the next run waits for what it left running, then ends well", async () => {
  box.installGo("1.26.6", "sleep 1");
  const { child } = box.start(["status"]);
  await box.untilCalled("go build");
  child.kill("SIGKILL");
  const again = await box.run(["status"]);
  expect(again.stderr).toContain("waiting for it");
  expect(again.code).toBe(0);
  expect(existsSync(join(box.pulumiHome, "bin/pulumi"))).toBe(true);
});

test("a broken directory of an earlier time is replaced", async () => {
  await box.run(["status"]);
  rmSync(join(box.pulumiHome, "bin/pulumi"));
  expect((await box.run(["status"])).code).toBe(0);
  expect(existsSync(join(box.pulumiHome, "bin/pulumi"))).toBe(true);
});
