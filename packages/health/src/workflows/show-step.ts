import { runSteps, type Step } from "@understudy/core";
import type { TestResult } from "./report.ts";

/** Get results as a step that is shown to the person; one that fails gets no tick. */
export async function showStep(title: string, work: () => Promise<TestResult[]>): Promise<readonly TestResult[]> {
  let results: TestResult[] = [];
  const step: Step = {
    title,
    run: async () => {
      results = await work();
      if (results.some(({ status }) => status === "failed")) throw new Failed();
      return results.length === 1 ? results[0]?.status : undefined;
    },
  };
  try {
    await runSteps([step]);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  return results;
}

/** A step has failed, and the report says why. */
class Failed extends Error {}
