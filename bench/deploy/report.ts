import { cpus, loadavg, totalmem } from "node:os";
import { type Measured, median } from "./measure.ts";

export interface Row {
  readonly name: string;
  readonly runs: readonly Measured[];
  /** Medians: ms, bytes. */
  readonly took: number;
  readonly memory: number;
}

export interface Section {
  readonly title: string;
  /** Name of the row that the others are divided by. */
  readonly peer: string;
  readonly rows: readonly Row[];
  /** Where the time goes, ms. */
  readonly phases: readonly (readonly [string, number])[];
}

export function rowOf(name: string, runs: readonly Measured[]): Row {
  return { name, runs, took: median(runs.map(({ took }) => took)), memory: median(runs.map(({ memory }) => memory)) };
}

/** Date, processors, memory and load average now. */
export function describeMachine(): string {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
  const memory = Math.round(totalmem() / 1_073_741_824);
  return `${new Date().toISOString().slice(0, 16)}, ${cpus().length} cores, ${memory} GiB, load ${load}`;
}

/** Markdown, as docs/performance.md keeps it. */
export function show(sections: readonly Section[], about: { before: string; after: string; runs: number }): string {
  const head = `Medians of ${about.runs}, alternating. Began: ${about.before}. Ended: ${about.after}.\n`;
  return [head, ...sections.map(showSection)].join("\n");
}

function showSection({ title, peer, rows, phases }: Section): string {
  const base = rows.find(({ name }) => name === peer);
  const lines = rows.map(({ name, took, memory, runs }) => {
    const all = runs.map((run) => seconds(run.took)).join(" ");
    const ratio = base ? (took / base.took).toFixed(2) : "";
    return `| \`${name}\` | ${seconds(took)} | ${ratio} | ${Math.round(memory / 1_048_576)} | ${all} |`;
  });
  const table = rows.length ? ["| | s | ratio | MiB | runs |", "| --- | --- | --- | --- | --- |", ...lines, ""] : [];
  const where = phases.map(([name, took]) => `${name} ${seconds(took)}`).join(", ");
  return [`### ${title}`, "", ...table, `${rows.length ? "Where ours spends it, s: " : "s: "}${where}`, ""].join("\n");
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
