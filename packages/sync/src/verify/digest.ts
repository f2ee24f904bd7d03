import { type Connection, type Digest, type DigestedRows, quoteName, readDigest } from "@understudy/postgres";
import { holdsRows } from "../plan/jobs.ts";
import type { ColumnPlan, TablePlan } from "../plan/table-plan.ts";

/** `kept`: columns that no mask touches. `all`: masked ones too, which shows whether a copy is what production would give now. */
export type Digested = "kept" | "all";

/** A table whose copy is not what it should be. */
export interface Difference {
  /** `schema.name`. */
  readonly table: string;
  /** Names of the columns that differ; none when only rows are missing or values have changed rows. */
  readonly columns: readonly string[];
  /** For people, e.g. `public.orders: 5 rows in production, 4 in the copy`. */
  readonly message: string;
}

/**
 * Compare tables of a copy with what production's rows give. Both sides compute, a table at a time, and send only sums.
 * Both are bulk sessions: values must be written alike, and it takes as long as it takes.
 * @returns those that differ; none: they are equal.
 */
export async function differences(
  source: Connection,
  copy: Connection,
  plans: readonly TablePlan[],
  which: Digested,
  onTable: (plan: TablePlan) => void = () => {},
): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const plan of plans.filter(({ table }) => holdsRows(table.kind))) {
    const [from, to] = await Promise.all([
      readDigest(source, digestedRows(plan, which, "source")),
      readDigest(copy, digestedRows(plan, which, "copy")),
    ]);
    found.push(...compareDigests(plan, which, from, to));
    onTable(plan);
  }
  return found;
}

/** Where two digests of a table are not equal. */
function compareDigests(plan: TablePlan, which: Digested, source: Digest, copy: Digest): Difference[] {
  const table = plan.table.id;
  const columns = digestedColumns(plan, which)
    .filter((_, index) => source.columns[index] !== copy.columns[index])
    .map(({ column }) => column.name);
  if (source.rows !== copy.rows) {
    return [{ table, columns, message: `${table}: ${source.rows} rows in production, ${copy.rows} in the copy` }];
  }
  if (columns.length) return [{ table, columns, message: `${table}: other values in ${columns.join(", ")}` }];
  if (source.together === copy.together) return [];
  return [{ table, columns, message: `${table}: the same values, but in other rows` }];
}

function digestedRows(plan: TablePlan, which: Digested, side: "source" | "copy"): DigestedRows {
  const onSource = side === "source";
  return {
    table: plan.table,
    values: digestedColumns(plan, which).map(({ column, expression }) => ({
      expression: onSource ? expression : quoteName(column.name),
      shape: column.shape,
    })),
    conditions: onSource
      ? [...(plan.where ? [plan.where] : []), ...(plan.action === "drop rows" ? ["false"] : [])]
      : [],
  };
}

/** Generated columns follow from others, masked ones perhaps; the server computes them itself. */
function digestedColumns(plan: TablePlan, which: Digested): ColumnPlan[] {
  return plan.columns.filter(({ action }) =>
    which === "all" ? action !== "generated" : action === "keep" || action === "null",
  );
}
