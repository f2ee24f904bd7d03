import { finished, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { processUse } from "../health/process-use.ts";

/** What runs verbs. */
interface Stage {
  readonly installation: TestInstallation;
}

export interface Ran<Report> {
  readonly report: Report;
  /** s. */
  readonly seconds: number;
  /** Bytes: the most that its process held. */
  readonly memory: number;
}

/** Run a verb in the stage's installation. @throws with what it said when it does not end well */
export async function runVerb<Report>(stage: Stage, verb: string, ...flags: string[]): Promise<Ran<Report>> {
  const child = stage.installation.start(verb, ...flags, "--json");
  let memory = 0;
  const timer = setInterval(() => {
    // Once it has ended, nothing tells any more.
    if (child.pid && child.exitCode === null) memory = Math.max(memory, processUse(child.pid).peak || 0);
  }, 100);
  const { exitCode, stdout, stderr, took } = await finished(child).finally(() => clearInterval(timer));
  if (exitCode !== 0) throw new Error(`${verb} ended with ${exitCode}:\n${stderr}${stdout}`);
  return { report: JSON.parse(stdout) as Report, seconds: took / 1_000, memory };
}
