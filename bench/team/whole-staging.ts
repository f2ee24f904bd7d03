import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import type { ExportReport } from "../../packages/team/src/export/team-export.ts";
import type { ImportReport } from "../../packages/team/src/import/team-import.ts";
import { median } from "../deploy/measure.ts";
import { type Ran, runVerb } from "../promote/run-verb.ts";
import { filledStaging, nodes, workflows } from "./filled-staging.ts";
import { type Setting, table, tenth } from "./setting.ts";

/** s, by the issue. */
const aims = { export: 5, import: 60 };

/** A staging of every service is exported, and imported in the place of itself until all are healthy: each run does the same. */
export async function wholeStaging({ sizes: [size = 20], runs, say }: Setting): Promise<string> {
  await using installation = await filledStaging(size, say);
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
    table(
      ["", "s", "aim, s", "runs", "peak memory, MB"],
      [line("export", aims.export, exports), line("import", aims.import, imports)],
    ),
    `Where an import spends it, s: ${steps.join(", ")}. In "swap" services stop, and start on the new data.`,
    "",
  ].join("\n");
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
