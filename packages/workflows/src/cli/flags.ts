import { InvalidArgumentError, UserError } from "@understudy/core";

/** A flag that may be repeated. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** A flag whose value is a number of days. */
export function days(value: string): number {
  const count = Number(value);
  if (!(count > 0) || count > 36_500) throw new InvalidArgumentError("A number of days is expected, e.g. 7.");
  return count;
}

/** What a verb says to the person while it works. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function noWorkflow(verb: string): UserError {
  return new UserError("No workflow is named", {
    next: `Name it: pnpm ${verb} "Order intake"; pnpm n8n:status lists them`,
    exitCode: 2,
  });
}
