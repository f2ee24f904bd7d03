/** `pnpm test`: the checks, then the tests against real services. Ends with `N passed, N failed`. */
import { checks } from "./check.ts";
import { closingLine, runGates, summary } from "./gates.ts";

const outcomes = await runGates([
  ...checks,
  { name: "integration", command: ["vitest", "run", "--project", "integration*"], suite: true, secondTry: true },
]);
console.log(`\n${summary(outcomes)}\n\n${closingLine(outcomes)}`);
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
