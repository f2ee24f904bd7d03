/** `pnpm check`: everything that is proven without the Docker engine. */
import { type Gate, runGates, summary } from "./gates.ts";

export const checks: readonly Gate[] = [
  { name: "format+lint", command: ["biome", "check", "."] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "types of the page", command: ["tsc", "--noEmit", "-p", "packages/console/web"] },
  { name: "dead code", command: ["knip"] },
  { name: "unit", command: ["vitest", "run", "--project", "unit"], suite: true },
];

if (import.meta.main) {
  const outcomes = await runGates(checks);
  console.log(`\n${summary(outcomes)}`);
  process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
}
