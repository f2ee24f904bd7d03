import { afterAll, beforeAll, describe } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { backupSuite } from "./support/backup-suite.ts";

const offset = 24_500;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset}, healthTimeoutSeconds: 600 }
  staging-2: { kind: staging, portOffset: ${offset - 1_000} }
`;

// Without the way back from a restore: test/staging.test.ts.
describe("the whole staging", () => {
  let installed: TestInstallation;
  beforeAll(async () => {
    installed = createInstallation(settings);
    await installed.json("deploy:staging", "--env", "laptop");
  });
  afterAll(() => installed[Symbol.asyncDispose]());

  backupSuite(() => installed, { whole: true });
});
