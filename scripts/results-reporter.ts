import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import type { Failure } from "./failures.ts";

/** What a suite leaves. */
export interface Results {
  /** Tests, by file. */
  readonly passed: Readonly<Record<string, number>>;
  /** What its tests and hooks took, by file. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

/**
 * A vitest reporter: writes `Results` to the file that UNDERSTUDY_RESULTS names. Vitest's own JSON says nothing of hooks that
 * fail, nor of errors that nobody caught.
 */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], uncaught: readonly SerializedError[]): void {
    const results: Results = {
      passed: Object.fromEntries(modules.map((module) => [fileOf(module), passedOf(module)])),
      seconds: Object.fromEntries(modules.map((module) => [fileOf(module), module.diagnostic().duration / 1000])),
      failures: [...modules.flatMap(failuresOf), ...uncaught.map(uncaughtFailure)],
    };
    writeFileSync(process.env.UNDERSTUDY_RESULTS ?? "", JSON.stringify(results));
  }
}

function passedOf({ children }: TestModule): number {
  return [...children.allTests("passed")].length;
}

function failuresOf(module: TestModule): Failure[] {
  const file = fileOf(module);
  const suites = [...module.children.allSuites()].map((suite) => failure(file, suite.fullName, suite.errors()));
  const tests = [...module.children.allTests("failed")].map((test) =>
    failure(file, test.fullName, test.result().errors ?? []),
  );
  return [failure(file, "", module.errors()), ...suites].filter(({ text }) => text !== "").concat(tests);
}

function uncaughtFailure(error: SerializedError): Failure {
  const { VITEST_TEST_PATH: during } = error;
  const file = typeof during === "string" ? relative(process.cwd(), during) : undefined;
  return { name: `${file ?? "vitest"}: nobody caught`, ...(file ? { file } : {}), text: describeAll([error]) };
}

/** @param inside full name of what failed; empty for the file itself. */
function failure(file: string, inside: string, errors: readonly SerializedError[]): Failure {
  return { name: inside ? `${file} > ${inside}` : file, file, text: describeAll(errors) };
}

function fileOf({ moduleId }: TestModule): string {
  return relative(process.cwd(), moduleId);
}

function describeAll(errors: readonly SerializedError[]): string {
  return stripVTControlCharacters(errors.map(describe).join("\n"));
}

function describe({ name, message, stacks, diff }: SerializedError): string {
  const [place] = stacks ?? [];
  return [
    `${name ?? "Error"}: ${message}`,
    ...(place ? [`at ${relative(process.cwd(), place.file)}:${place.line}`] : []),
    ...(typeof diff === "string" ? [diff] : []),
  ].join("\n");
}
