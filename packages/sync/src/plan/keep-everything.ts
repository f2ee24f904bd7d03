import { type Catalog, quoteName } from "@understudy/postgres";
import type { TablePlan } from "./table-plan.ts";

/** The plan of a copy without masks: for servers whose setting and whose operator both ask for it. */
export function keepEverything({ tables }: Catalog): TablePlan[] {
  const because = "sanitize: false and --unmasked";
  return tables
    .filter(({ extension }) => extension === undefined)
    .map(
      (table): TablePlan => ({
        table,
        action: "copy",
        because,
        where: undefined,
        columns: table.columns.map((column) => ({
          column,
          action: column.generated ? "generated" : "keep",
          how: "keep",
          because,
          expression: column.generated ? "" : quoteName(column.name),
          personal: [],
          unknownPath: undefined,
        })),
      }),
    );
}
