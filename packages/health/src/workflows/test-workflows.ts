import { randomBytes } from "node:crypto";
import { messageOf, openLog, secrets, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, stackOf, type Target } from "@understudy/environment";
import { chooseTests } from "./definitions/choose-tests.ts";
import { type ReadTest, readTests } from "./definitions/read-tests.ts";
import { testFreshness } from "./freshness-tests.ts";
import type { Ground } from "./ground.ts";
import { layGround } from "./lay-ground.ts";
import type { Outcome, TestResult, WorkflowReport } from "./report.ts";
import { runWorkflow } from "./run-workflow.ts";
import { testLetta } from "./services/letta.ts";
import { testOpenWebui } from "./services/open-webui.ts";
import { showStep } from "./show-step.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { ReachesOutside } from "./subject/copy.ts";

export interface TestRequest {
  readonly choice: EnvironmentChoice;
  /** Names of tests, also several with commas between them; `freshness` stands for that of every workflow. Undefined: all. */
  readonly only?: readonly string[] | undefined;
  /** Leave the copies of workflows that failed in n8n until the next run. */
  readonly keep?: boolean | undefined;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/**
 * Run the workflow tests of an environment, and look at the freshness of its workflows. Whatever they make is removed again,
 * also when they fail or a person stops them. Takes no lock.
 * @throws UserError when they cannot be run at all: wrong definitions or names, nothing deployed, no API key
 */
export async function testWorkflows({ choice, only, keep = false, say }: TestRequest): Promise<WorkflowReport> {
  const target = chooseTarget(choice);
  const log = openLog(target.installation, "testing", "workflow-test");
  const stack = await stackOf(target);
  const all = readTests(target.installation, stack.envFile);
  using stopping = stopOnSignal();
  await using opened = new AsyncDisposableStack();
  const ground = await layGround(stack, { log, say, stop: stopping.signal, keep }, opened);
  const chosen = chooseTests(all, ground, only);
  const { kind, name: environment } = target.environment;
  say(`Testing the workflows of ${environment}`);
  log.info({ environment, only }, "tests begin");
  const results: TestResult[] = [];
  for (const test of chosen.tests) {
    const safe = kind !== "production" || test.safe;
    const run = async () => [safe ? await runTest(ground, test) : skipped(test)];
    results.push(...(await showStep(test.name, run)));
  }
  if (chosen.freshness) {
    const look = () => testFreshness(ground, all, chosen.isChosen);
    results.push(...(await showStep("Freshness of the workflows", look)));
  }
  const failed = results.some(({ status }) => status === "failed");
  const report: WorkflowReport = { environment, status: failed ? "failed" : "passed", tests: results };
  log.info({ report }, "tests end");
  return secrets.redactData(report);
}

/** Names of the tests that an environment's installation defines. @throws UserError for the first definition that is wrong */
export async function workflowTestNames(target: Target): Promise<string[]> {
  const { envFile } = await stackOf(target);
  return readTests(target.installation, envFile).map(({ name }) => name);
}

async function runTest(ground: Ground, test: ReadTest): Promise<TestResult> {
  const began = performance.now();
  const outcome = await attempt(ground, test).finally(() => {
    if (ground.stop.aborted) throw new UserError("Stopped; what the tests had made is removed");
  });
  const result = { name: test.name, ms: Math.round(performance.now() - began), ...outcome };
  ground.log.info({ result }, "test ends");
  return result;
}

async function attempt(ground: Ground, test: ReadTest): Promise<Outcome> {
  const { call, service, timeout } = test;
  const nonce = `${ground.catcher.run}${randomBytes(4).toString("hex")}`;
  const signal = AbortSignal.any([ground.stop, AbortSignal.timeout(timeout)]);
  if (service && !ground.containers.has(service)) {
    return { status: "not applicable", seen: `this stack has no service ${service}` };
  }
  try {
    if (call) return await runWorkflow(ground, { ...test, call }, nonce, signal);
    return service === "letta" ? await testLetta(ground, nonce, signal) : await testOpenWebui(ground, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const node = error instanceof ReachesOutside ? error.node : undefined;
    return { status: "failed", error: messageOf(error), next: error.next, node };
  }
}

function skipped({ name }: ReadTest): TestResult {
  return { name, ms: 0, status: "skipped", seen: "not marked safe: production" };
}
