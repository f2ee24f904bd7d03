import { stackOf, type Target } from "@understudy/environment";
import { testWorkflows, workflowTestNames } from "@understudy/health";

type Results = Awaited<ReturnType<typeof testWorkflows>>["tests"];

/** Run an environment's workflow tests. @throws UserError when they cannot be run */
export async function runWorkflowTests(target: Target, say: (line: string) => void): Promise<Results> {
  if (!(await hasWorkflows(target))) return [];
  return (await testWorkflows({ choice: { environment: target.environment.name }, say })).tests;
}

/** Only those that judge the present: how fresh a workflow is, data of then cannot help. @throws UserError when they cannot be run */
export async function runPresentTests(target: Target, say: (line: string) => void): Promise<Results> {
  const only = await workflowTestsOf(target);
  if (only.length === 0) return [];
  return (await testWorkflows({ choice: { environment: target.environment.name }, only, say })).tests;
}

/** Names of the tests that `runWorkflowTests` would run. @throws UserError for a definition that is wrong */
export async function workflowTestsOf(target: Target): Promise<string[]> {
  return (await hasWorkflows(target)) ? await workflowTestNames(target) : [];
}

/** The tests go through n8n: a stack without it has none. */
async function hasWorkflows(target: Target): Promise<boolean> {
  const { model } = await stackOf(target);
  return model.services.n8n !== undefined;
}
