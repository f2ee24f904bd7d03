import type { Results } from "../receipt.ts";
import { makeReceipt, pass, refuse, some, type Verdict, withReceipt } from "./verdict.ts";

export const health = withReceipt(({ health }) => judge(health, "checks", "pnpm health:check"));

/** Every workflow test that there is now was passed then. */
export const workflows = withReceipt(({ workflows: run }, { workflowTests }) => {
  const missed = workflowTests.filter((name) => !run?.passed.includes(name) && !run?.failed.includes(name));
  if (missed.length) return refuse(`${missed.length} tests did not run: ${some(missed)}`, makeReceipt);
  return run ? judge(run, "workflow tests", "pnpm test:workflows") : pass("this installation has no workflow tests");
});

function judge({ passed, failed }: Results, what: string, look: string): Verdict {
  const total = passed.length + failed.length;
  if (failed.length) {
    return refuse(
      `${failed.length} of ${total} ${what} failed: ${some(failed)}`,
      `${look} shows why; then: ${makeReceipt}`,
    );
  }
  return total ? pass(`${total} of ${total} ${what} passed`) : refuse(`no ${what} ran`, makeReceipt);
}
