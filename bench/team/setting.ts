import type { SmallStage } from "../../packages/backup/test/support/small-stage.ts";

export interface Setting {
  /** MB of rows. */
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly say: (line: string) => void;
}

/** Rows in a megabyte, each of about 1 kB. */
const rows = 950;

/** SQL that makes a table of so many MB, half of it words that compress, half of it digits that hardly do. */
export function bulk(megabytes: number): string {
  return `DROP TABLE IF EXISTS bulk;
    CREATE TABLE bulk AS SELECT n AS id, repeat(md5(n::text), 16) AS words,
      (SELECT string_agg(md5(n::text || part), '') FROM generate_series(1, 16) AS part) AS noise
    FROM generate_series(1, ${Math.round(megabytes * rows)}) AS n;
    ALTER TABLE bulk ADD PRIMARY KEY (id); VACUUM ANALYZE bulk`;
}

/** What was written before is on disk: it does not slow down what is measured next. */
export async function settle(...stages: readonly Pick<SmallStage, "sql">[]): Promise<void> {
  for (const stage of stages) await stage.sql("postgres", "CHECKPOINT");
}

/** Markdown. */
export function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...lines.map(row), ""].join("\n");
}

/** s, MB, percent: to a tenth. */
export function tenth(value: number): string {
  return value.toFixed(1);
}
