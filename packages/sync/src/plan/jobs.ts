import type { TablePlan } from "./table-plan.ts";

/** Rows that one stream carries: a table, or a range of its pages. */
export interface CopyJob {
  readonly plan: TablePlan;
  /** First page, and the one after the last; undefined: the whole table. */
  readonly pages: { readonly from: number; readonly to: number | undefined } | undefined;
  /** Bytes in the source, for the order of work and the progress. */
  readonly bytes: number;
}

const pageSize = 8_192;

/** A table is split so that no range is smaller than this, bytes; the start of a stream must not count. */
const smallestRange = 16 * 1_024 * 1_024;

/** The streams of a database, the largest first, so that none is left alone at the end. */
export function copyJobs(plans: readonly TablePlan[], parallel: number): CopyJob[] {
  return plans
    .filter(({ action, table }) => action === "copy" && holdsRows(table.kind))
    .flatMap((plan) => split(plan, parallel))
    .sort((a, b) => b.bytes - a.bytes);
}

/** The SELECT of a job: masked values, of only these pages. */
export function selectOf({ plan, pages }: CopyJob, from: string): string {
  const sent = sentColumns(plan);
  const conditions = [
    ...(plan.where ? [`(${plan.where})`] : []),
    ...(pages?.from ? [`ctid >= '(${pages.from},0)'::tid`] : []),
    ...(pages?.to === undefined ? [] : [`ctid < '(${pages.to},0)'::tid`]),
  ];
  const where = conditions.length ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT ${sent.map(({ expression }) => expression).join(", ")} FROM ONLY ${from}${where}`;
}

/** What goes over the wire; generated columns are computed by the server that receives. */
export function sentColumns(plan: TablePlan) {
  return plan.columns.filter(({ action }) => action !== "generated");
}

/** Views are refreshed, foreign tables keep their rows where they are, a partitioned table has none of its own. */
export function holdsRows(kind: TablePlan["table"]["kind"]): boolean {
  return kind === "table" || kind === "partition";
}

function split(plan: TablePlan, parallel: number): CopyJob[] {
  const { pages, bytes } = plan.table;
  // A condition may look at other tables: each range would do so again.
  if (plan.where) return [{ plan, pages: undefined, bytes }];
  const ranges = Math.min(parallel * 2, Math.floor((pages * pageSize) / smallestRange));
  if (ranges < 2 || parallel < 2) return [{ plan, pages: undefined, bytes }];
  const step = Math.ceil(pages / ranges);
  return Array.from({ length: ranges }, (_, index) => ({
    plan,
    // The last is open: pages may have come since the catalog was read.
    pages: { from: index * step, to: index === ranges - 1 ? undefined : (index + 1) * step },
    bytes: bytes / ranges,
  }));
}
