/** A test that failed, or what fails besides tests: a hook, a file that cannot be loaded, an error that nobody caught. */
export interface Failure {
  /** File and full name. */
  readonly name: string;
  /** That holds it, from the checkout's root. An error that nobody caught may have none. */
  readonly file?: string;
  /** What was thrown, as far as it is told: several lines. */
  readonly text: string;
}

const mostLines = 15;
const longestLine = 500;

/** For the end of a log that is all a person sees: each failure's name, and the first lines of it. */
export function describeFailures(verdict: "FAILED" | "FLAKY", failures: readonly Failure[]): string[] {
  return failures.map((failure) => describeFailure(verdict, failure));
}

function describeFailure(verdict: string, { name, text }: Failure): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const more = lines.length - mostLines;
  return [
    `${verdict.padEnd(6)}  ${name}`,
    ...lines.slice(0, mostLines).map((line) => `    ${shorten(line)}`),
    ...(more > 0 ? [`    … and ${more} lines more, above`] : []),
  ].join("\n");
}

function shorten(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
