import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import type { Failure } from "./failures.ts";

/** What a suite leaves. */
export interface Results {
  /** Tests. */
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** What passed only when it was tried again, and why it had not. */
  readonly flaky: readonly Failure[];
}

/**
 * A vitest reporter: writes `Results` to the file that UNDERSTUDY_RESULTS names. Vitest's own JSON says nothing of hooks that
 * fail, nor of errors that nobody caught.
 */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], uncaught: readonly SerializedError[]): void {
    const results: Results = {
      passed: modules.reduce((sum, { children }) => sum + [...children.allTests("passed")].length, 0),
      failures: [...modules.flatMap(failuresOf), ...uncaught.map(uncaughtFailure)],
      flaky: modules.flatMap(flakyOf),
    };
    writeFileSync(process.env.UNDERSTUDY_RESULTS ?? "", JSON.stringify(results));
  }
}

function failuresOf(module: TestModule): Failure[] {
  const file = relative(process.cwd(), module.moduleId);
  const suites = [...module.children.allSuites()].map((suite) =>
    failure(`${file} > ${suite.fullName}`, suite.errors()),
  );
  const tests = [...module.children.allTests("failed")].map(failureOf);
  return [failure(file, module.errors()), ...suites].filter(({ text }) => text !== "").concat(tests);
}

function flakyOf(module: TestModule): Failure[] {
  return [...module.children.allTests("passed")].filter((test) => test.diagnostic()?.flaky).map(failureOf);
}

function failureOf(test: TestCase): Failure {
  const file = relative(process.cwd(), test.module.moduleId);
  return failure(`${file} > ${test.fullName}`, test.result().errors ?? []);
}

function uncaughtFailure(error: SerializedError): Failure {
  const { VITEST_TEST_PATH: during } = error;
  return failure(`${typeof during === "string" ? relative(process.cwd(), during) : "vitest"}: nobody caught`, [error]);
}

function failure(name: string, errors: readonly SerializedError[]): Failure {
  return { name, text: stripVTControlCharacters(errors.map(describe).join("\n")) };
}

function describe({ name, message, stacks, diff }: SerializedError): string {
  const [place] = stacks ?? [];
  return [
    `${name ?? "Error"}: ${message}`,
    ...(place ? [`at ${relative(process.cwd(), place.file)}:${place.line}`] : []),
    ...(typeof diff === "string" ? [diff] : []),
  ].join("\n");
}
