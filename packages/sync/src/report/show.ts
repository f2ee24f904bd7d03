import { bytesInWords, countInWords, secondsInWords, table } from "@understudy/core";
import type { CopyReport, PlanReport } from "./copy-report.ts";

/** The plan for people: a line a table, and below it the columns that are changed and why. */
export function showPlan({ from, to, databases, neo4j, volumes }: PlanReport): string {
  const parts = databases.map(({ name, bytes, tables, notes }) => {
    const rows = tables.flatMap(({ table: id, action, because, rows, bytes, columns, where }) => [
      [
        id,
        rows === null ? "?" : countInWords(rows),
        bytesInWords(bytes),
        where ? `${action} where ${short(where)}` : action,
        because,
      ],
      ...columns
        .filter(({ what }) => action === "copy" && what !== "keep" && what !== "generated")
        .map(({ name, what, because }) => [`  ${name}`, "", "", what, because]),
    ]);
    return [
      `${name}: ${bytesInWords(bytes)}`,
      table(["Table, changed columns", "Rows", "Size", "What", "Why"], rows),
      ...notes,
    ];
  });
  const others = [...neo4j.map((line) => `Neo4j: ${line}`), ...volumes.map((line) => `Volume ${line}`)];
  return `${[...parts.flat(), ...others, `Plan of a copy from ${from} to ${to}. Columns that are not listed are kept.`].join("\n")}\n`;
}

/** The report for people. */
export function showReport(report: CopyReport): string {
  const { id, from, to, leaks, databases, neo4j, volumes, notes, seconds, peakMemoryBytes } = report;
  const rows = databases.map(({ name, tables, rows, masked }) => [
    name,
    String(tables),
    countInWords(rows),
    String(masked),
  ]);
  return `${[
    table(["Database", "Tables", "Rows", "Masked columns"], rows),
    ...(neo4j ? [`Neo4j: ${countInWords(neo4j.nodes)} nodes, ${countInWords(neo4j.relationships)} relationships`] : []),
    ...volumes.map(
      ({ name, files, excluded, bytes }) =>
        `Volume ${name}: ${countInWords(files)} files (${bytesInWords(bytes)}), ${countInWords(excluded)} excluded`,
    ),
    ...notes,
    `${to} has ${from}'s data: proven equal where it is not masked, ${leaks} leaks, healthy.`,
    `Copy ${id}: ${secondsInWords(seconds)}, at most ${bytesInWords(peakMemoryBytes)} of memory. Report: staging-data/${id}/report.json`,
  ].join("\n")}\n`;
}

/** The conditions of a sample are long. */
function short(sql: string): string {
  return sql.length > 60 ? `${sql.slice(0, 60)}…` : sql;
}
