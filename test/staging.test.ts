import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupSuite } from "../packages/backup/test/support/backup-suite.ts";
import { freshStagingSuite } from "../packages/deploy/test/support/fresh-staging-suite.ts";
import { createInstallation, type TestInstallation } from "../packages/deploy/test/support/installation.ts";
import { checkSuite } from "../packages/health/test/support/check-suite.ts";
import { monitorSuite } from "../packages/health/test/support/monitor-suite.ts";
import { workflowTests } from "../packages/health/test/support/workflow-suite.ts";
import { checkout } from "./docs/page.ts";
import { pagesSuite } from "./docs/pages-suite.ts";

const offset = 23_000;
const interval = 3;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset}, healthTimeoutSeconds: 600 }
  staging-2: { kind: staging, portOffset: ${offset - 1_000} }
  production: { kind: production, profile: server, portOffset: ${offset - 2_000}, bind: 127.0.0.1 }
monitor: { intervalSeconds: ${interval} }
`;

/**
 * One whole staging for everything that needs the real services: to boot them is most of what such tests cost.
 * More of workflow tests and backups: staging.long.test.ts.
 */
describe("the whole staging", () => {
  let installed: TestInstallation;
  const installation = () => installed;
  beforeAll(() => {
    installed = createInstallation(settings);
  });
  afterAll(() => installed[Symbol.asyncDispose]());

  // Each leaves the stack as the next one needs it.
  freshStagingSuite(installation, offset);
  checkSuite(installation);
  workflowTests(installation);
  monitorSuite(installation, interval);
  backupSuite(installation);
  pagesSuite(installation, offset);

  it("runs the monitor as a container of the stack, by setting", async () => {
    const overlay = "docker-compose.monitor.yml";
    const { write, read, json, run } = installed;
    write(overlay, readFileSync(join(checkout, "compose", overlay), "utf8"));
    write("understudy.yml", read("understudy.yml").replace("kind: staging", `kind: staging, compose: [${overlay}]`));
    await json("deploy:staging", "--env", "laptop");
    const status = async () => (await fetch(`http://127.0.0.1:${9_464 + offset}/api/v1/status`)).json();
    await expect.poll(status, { timeout: 120_000 }).toMatchObject({ status: "healthy", incidents: [] });
    // Also from outside its container it is seen to be there.
    expect(await run("health:monitor", "--if-absent")).toMatchObject({ exitCode: 0, stdout: "" });
  });
});
