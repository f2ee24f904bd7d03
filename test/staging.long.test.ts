import { afterAll, beforeAll, describe } from "vitest";
import { backupSuite } from "../packages/backup/test/support/backup-suite.ts";
import { createInstallation, type TestInstallation } from "../packages/deploy/test/support/installation.ts";
import { workflowTests } from "../packages/health/test/support/workflow-suite.ts";

const offset = 24_500;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset}, healthTimeoutSeconds: 600 }
  staging-2: { kind: staging, portOffset: ${offset - 1_000} }
`;

/** With what staging.test.ts has no time for. */
describe("the whole staging", () => {
  let installed: TestInstallation;
  const installation = () => installed;
  beforeAll(async () => {
    installed = createInstallation(settings);
    await installed.json("deploy:staging", "--env", "laptop");
  });
  afterAll(() => installed[Symbol.asyncDispose]());

  workflowTests(installation, { whole: true });
  backupSuite(installation, { whole: true });
});
