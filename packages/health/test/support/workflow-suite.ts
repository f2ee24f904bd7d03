import { isSecret } from "@understudy/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestInstallation } from "../../../deploy/test/support/installation.ts";
import { callingTests } from "./workflow-calls.ts";
import { freshnessTests } from "./workflow-freshness.ts";
import { leftoverTests } from "./workflow-leftovers.ts";
import { refusalTests } from "./workflow-refusals.ts";
import { WorkflowStage } from "./workflow-stage.ts";

/**
 * What workflow tests promise, on an installation whose staging is deployed. It leaves it as it was.
 * @param whole with what CI has no time for
 */
export function workflowTests(
  installation: () => Pick<TestInstallation, "root" | "env">,
  { whole = false } = {},
): void {
  describe("workflow tests", () => {
    let opened: WorkflowStage;
    const stage = () => opened;

    beforeAll(async () => {
      opened = await WorkflowStage.open(installation());
    });
    afterEach(() => opened.removeMade());
    afterAll(() => opened.close());

    callingTests(stage, whole);
    freshnessTests(stage, whole);
    leftoverTests(stage, whole);
    refusalTests(stage);

    it("tells no secret to output or logs", () => {
      const values = Object.entries(opened.installation.env("staging"));
      const secrets = values.flatMap(([name, value]) => (isSecret(name, value) ? [value] : []));
      expect(secrets.length).toBeGreaterThan(10);
      const { printed, logged } = opened.told();
      expect(logged).toContain('"msg":"tests end"');
      expect(secrets.filter((secret) => printed.includes(secret) || logged.includes(secret))).toEqual([]);
    });
  });
}
