import { sha256 } from "@understudy/core";
import type { Catalog } from "@understudy/postgres";
import { type CopyJob, copyJobs } from "./jobs.ts";
import type { TablePlan } from "./table-plan.ts";

/** What happens to one database. */
export interface DatabasePlan {
  readonly name: string;
  readonly catalog: Catalog;
  readonly tables: readonly TablePlan[];
  readonly jobs: readonly CopyJob[];
  /** Of the rows that go across, in the source. */
  readonly bytes: number;
  readonly largeObjects: boolean;
  /** What is not carried, and other things worth knowing. */
  readonly notes: readonly string[];
  /** Of everything that decides what the copy looks like, but not of how much there is. */
  readonly hash: string;
}

export function databasePlan(
  catalog: Catalog,
  tables: readonly TablePlan[],
  options: { readonly parallel: number; readonly largeObjects: boolean; readonly notes: readonly string[] },
): DatabasePlan {
  const jobs = copyJobs(tables, options.parallel);
  return {
    name: catalog.database,
    catalog,
    tables,
    jobs,
    bytes: jobs.reduce((sum, { bytes }) => sum + bytes, 0),
    largeObjects: options.largeObjects,
    notes: options.notes,
    hash: hashOf(tables),
  };
}

function hashOf(tables: readonly TablePlan[]): string {
  const decisive = tables.map(({ table, action, where, columns }) => {
    // Figures grow while production works.
    const { estimatedRows, bytes, pages, ...definition } = table;
    return [definition, action, where, columns.map(({ action, expression }) => [action, expression])];
  });
  return sha256(JSON.stringify(decisive));
}
