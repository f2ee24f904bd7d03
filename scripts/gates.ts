import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A command that proves one thing about the code. A suite also counts its tests one by one. */
export interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest project. */
  readonly suite?: boolean;
}

export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

const root = resolve(import.meta.dirname, "..");

/** Runs every gate, also after one fails, each with its own output. */
export async function runGates(gates: readonly Gate[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const gate of gates) {
    console.log(`\n── ${gate.name}: ${gate.command.join(" ")}`);
    outcomes.push(await runGate(gate));
  }
  return outcomes;
}

/** One line a gate. */
export function summary(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ name, ok, passed, failed, seconds }) => {
      const counts = passed + failed > 1 ? `  ${passed} passed, ${failed} failed` : "";
      return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(12)}${`${seconds.toFixed(1)} s`.padStart(9)}${counts}`;
    })
    .join("\n");
}

/** `N passed, N failed`: a gate counts as one, a suite as its tests. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const sum = (key: "passed" | "failed") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed`;
}

async function runGate({ name, command, suite }: Gate): Promise<Outcome> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "understudy-gate-"));
  const results = join(folder, "results.json");
  try {
    const reporters = suite ? ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`] : [];
    const code = await run([...command, ...reporters]);
    const counts = suite ? countTests(results) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
    // A suite can fail with every test green: an unhandled error, a broken hook, no test found. That counts as one.
    const failed = code !== 0 ? Math.max(counts.failed, 1) : counts.failed;
    return { name, ok: failed === 0, passed: counts.passed, failed, seconds: (performance.now() - started) / 1000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: readonly string[]): Promise<number> {
  const [program = "", ...args] = command;
  // The project's own tools, whatever else is on the PATH.
  const PATH = `${join(root, "node_modules", ".bin")}:${process.env.PATH}`;
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH },
    });
    child.on("error", (error) => {
      console.error(`${program}: ${error.message}`);
      done(127);
    });
    child.on("close", (code) => done(code ?? 1));
  });
}

/** Nothing that can be read means that nothing ran. */
function countTests(file: string): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, "utf8"));
    if (numPassedTests + numFailedTests > 0) return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    // Counted below.
  }
  return { passed: 0, failed: 1 };
}
