import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeFailures, type Failure } from "./failures.ts";
import type { Results } from "./results-reporter.ts";

/** A command that proves one thing about the code. A suite also counts its tests one by one. */
export interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest project. */
  readonly suite?: boolean;
  /** Files of the suite that fail run once more, by themselves. What passes then is named. */
  readonly secondTry?: boolean;
}

export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  /** Of a suite, one by one. */
  readonly failures: readonly Failure[];
  /** Of a suite: what failed at the first try only. */
  readonly flaky: readonly Failure[];
  readonly seconds: number;
  /** Of a suite: what each file took. */
  readonly secondsOf: Readonly<Record<string, number>>;
}

const root = resolve(import.meta.dirname, "..");
/** With more, it is not chance, and the time is better spent on reading. */
const mostFilesTwice = 5;
const longestShown = 10;
const reporter = fileURLToPath(import.meta.resolve("./results-reporter.ts"));

/** Runs every gate, also after one fails, each with its own output. */
export async function runGates(gates: readonly Gate[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const gate of gates) {
    console.log(`\n── ${gate.name}: ${gate.command.join(" ")}`);
    outcomes.push(await runGate(gate));
  }
  return outcomes;
}

/** One line a gate, where the time went, then what failed in the suites: the end of a log is often all that a person sees. */
export function summary(outcomes: readonly Outcome[]): string {
  const table = outcomes.map(({ name, ok, passed, failed, seconds }) => {
    const counts = passed + failed > 1 ? `  ${passed} passed, ${failed} failed` : "";
    return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(12)}${`${seconds.toFixed(1)} s`.padStart(9)}${counts}`;
  });
  const flaky = outcomes.flatMap((outcome) => describeFailures("FLAKY", outcome.flaky));
  const failures = outcomes.flatMap((outcome) => describeFailures("FAILED", outcome.failures));
  return [table.join("\n"), ...longest(outcomes), ...flaky, ...failures].join("\n\n");
}

/** Files run beside each other: their seconds are more than a suite's. */
function longest(outcomes: readonly Outcome[]): string[] {
  const files = outcomes
    .flatMap(({ secondsOf }) => Object.entries(secondsOf))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, longestShown)
    .map(([file, seconds]) => `${`${seconds.toFixed(1)} s`.padStart(9)}  ${file}`);
  return files.length > 0 ? [["The test files that took longest:", ...files].join("\n")] : [];
}

/** `N passed, N failed`: a gate counts as one, a suite as its tests. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const total = (key: "passed" | "failed") => outcomes.reduce((soFar, outcome) => soFar + outcome[key], 0);
  return `${total("passed")} passed, ${total("failed")} failed`;
}

async function runGate(gate: Gate): Promise<Outcome> {
  const started = performance.now();
  const { passed, failures, flaky, secondsOf, code } = await (gate.suite ? runSuite(gate) : runCommand(gate));
  // A suite can fail without a failure to tell of, as one that found no test. That counts as one.
  const failed = code === 0 && passed > 0 ? failures.length : Math.max(failures.length, 1);
  return {
    name: gate.name,
    ok: failed === 0,
    passed,
    failed,
    failures,
    flaky,
    seconds: (performance.now() - started) / 1000,
    secondsOf,
  };
}

type Counts = Pick<Outcome, "passed" | "failures" | "flaky" | "secondsOf"> & { readonly code: number };

async function runCommand({ command }: Gate): Promise<Counts> {
  const code = await run(command);
  return { passed: code === 0 ? 1 : 0, failures: [], flaky: [], secondsOf: {}, code };
}

async function runSuite({ name, command, secondTry }: Gate): Promise<Counts> {
  const first = await runFiles(command);
  const asFound: Counts = { ...first, passed: sum(first.passed), flaky: [], secondsOf: first.seconds };
  const files = [...new Set(first.failures.map(({ file }) => file ?? ""))];
  const mayBeChance = files.length > 0 && files.length <= mostFilesTwice && !files.includes("");
  if (!secondTry || !mayBeChance) return asFound;
  console.log(`\n── ${name}, once more: ${files.join(" ")}`);
  const second = await runFiles([...command, ...files]);
  // It ended before it could say anything.
  if (!second.reported) return asFound;
  const stillFailing = new Set(second.failures.map((failure) => failure.name));
  return {
    passed: sum({ ...first.passed, ...Object.fromEntries(files.map((file) => [file, 0])), ...second.passed }),
    failures: second.failures,
    flaky: first.failures.filter((failure) => !stillFailing.has(failure.name)),
    secondsOf: first.seconds,
    code: second.code,
  };
}

async function runFiles(command: readonly string[]): Promise<Results & { code: number; reported: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-gate-"));
  const file = join(folder, "results.json");
  try {
    const code = await run([...command, "--reporter=default", `--reporter=${reporter}`], { UNDERSTUDY_RESULTS: file });
    const reported = existsSync(file);
    return {
      ...(reported ? JSON.parse(readFileSync(file, "utf8")) : { passed: {}, seconds: {}, failures: [] }),
      code,
      reported,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function run(command: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<number> {
  const [program = "", ...args] = command;
  // The project's own tools, whatever else is on the PATH.
  const PATH = `${join(root, "node_modules", ".bin")}:${process.env.PATH}`;
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...variables, PATH },
    });
    child.on("error", (error) => {
      console.error(`${program}: ${error.message}`);
      done(127);
    });
    child.on("close", (code) => done(code ?? 1));
  });
}
