import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, type Engine, exec } from "../../packages/core/src/index.ts";
import { createInstallation, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { chain, code, node, TestN8n, webhook } from "../../packages/health/test/support/workflow-n8n.ts";
import type { ExportReport } from "../../packages/team/src/export/team-export.ts";
import type { ImportReport } from "../../packages/team/src/import/team-import.ts";
import { median } from "../deploy/measure.ts";
import { type Ran, runVerb } from "../promote/run-verb.ts";
import { bulk, type Setting, table, tenth } from "./setting.ts";

const offset = 28_000;
const workflows = 31;
const nodes = 24;

const settings = `environments:
  staging: { kind: staging, profile: laptop, portOffset: ${offset}, bind: 127.0.0.1 }
teamSync: { team: shop }
`;

/** A staging of every service is exported, and imported in the place of itself until all are healthy: each run does the same. */
export async function wholeStaging({ sizes: [size = 20], runs, say }: Setting): Promise<string> {
  await using installation = createInstallation(settings);
  await using engine = await connectEngine("local");
  say("deploying a whole staging");
  await installation.json("deploy:staging", "--env", "laptop");
  say(`filling it with ${workflows} workflows and ${size} MB`);
  await fill(installation, engine, size);
  const exports: Ran<ExportReport>[] = [];
  const imports: (Ran<ImportReport> & { readonly steps: ReadonlyMap<string, number> })[] = [];
  for (let run = 1; run <= runs; run++) {
    const made = await runVerb<ExportReport>({ installation }, "team:export");
    if (made.report.workflows !== workflows) throw new Error(`${made.report.workflows} workflows were exported`);
    exports.push(made);
    const before = journal(installation).length;
    const taken = await runVerb<ImportReport>({ installation }, "team:import", made.report.archive, "--yes");
    imports.push({ ...taken, steps: secondsOfSteps(journal(installation).slice(before)) });
    say(`run ${run}: export ${tenth(made.seconds)} s, import ${tenth(taken.seconds)} s`);
  }
  const line = (name: string, aim: number, all: readonly Ran<unknown>[]) => {
    const seconds = all.map((one) => one.seconds);
    const peak = Math.max(...all.map(({ memory }) => memory)) / 1e6;
    return [name, tenth(median(seconds)), aim, seconds.map(tenth).join(" "), Math.round(peak)];
  };
  const steps = [...(imports[0]?.steps.keys() ?? [])].map(
    (step) => `${step} ${tenth(median(imports.map(({ steps }) => steps.get(step) ?? 0)))}`,
  );
  return [
    `### A whole staging: every service, ${workflows} workflows of ${nodes} nodes, ${size} MB of rows`,
    "",
    `The archive has ${tenth((exports[0]?.report.bytes ?? 0) / 1e6)} MB and ${exports[0]?.report.tables} tables. An import ends when every health check is content.`,
    "",
    table(["", "s", "aim, s", "runs", "peak memory, MB"], [line("export", 5, exports), line("import", 60, imports)]),
    `Where an import spends it, s: ${steps.join(", ")}. In "swap" services stop, and start on the new data.`,
    "",
  ].join("\n");
}

/** Workflows of some length behind a webhook each, a third of them live; and rows. */
async function fill({ env, project }: TestInstallation, engine: Engine, size: number): Promise<void> {
  const n8n = new TestN8n(`http://localhost:${5_678 + offset}`, env("staging").N8N_API_KEY ?? "");
  for (let index = 0; index < workflows; index++) {
    const steps = Array.from({ length: nodes - 1 }, (_, n) => (n % 3 ? codeStep(index, n) : fieldsStep(n)));
    await n8n.create({ name: `Workflow ${index}`, ...chain(webhook(`bench-${index}`), ...steps) }, index % 3 === 0);
  }
  const command = ["psql", "-qU", "postgres", "-v", "ON_ERROR_STOP=1", "-d", "app", "-f", "-"];
  const { exitCode, stderr } = await exec(engine, `${project}-staging-postgres`, command, {
    stdin: `${bulk(size)};\n`,
  });
  if (exitCode !== 0) throw new Error(stderr);
}

function codeStep(workflow: number, n: number) {
  const lines = Array.from({ length: 8 }, (_, line) => `const value${line} = $input.all()[${n}];\n`);
  return code(`Step ${n}`, `// Step ${n} of workflow ${workflow}\n${lines.join("")}return $input.all();`);
}

function fieldsStep(n: number) {
  const assignments = [{ id: `field-${n}`, name: "step", type: "number", value: n }];
  return node(`Step ${n}`, "set", { options: {}, assignments: { assignments } }, 3.4);
}

interface JournalLine {
  readonly step: string;
  readonly at: string;
}

function journal({ root }: TestInstallation): JournalLine[] {
  const text = readFileSync(join(root, ".understudy/journal/staging.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as JournalLine);
}

/** Each step lasts until the next one is written. */
function secondsOfSteps(lines: readonly JournalLine[]): Map<string, number> {
  const pairs = lines.slice(0, -1).map(({ step, at }, index): [string, number] => {
    const next = lines[index + 1]?.at ?? at;
    return [step, (Date.parse(next) - Date.parse(at)) / 1_000];
  });
  return new Map(pairs);
}
