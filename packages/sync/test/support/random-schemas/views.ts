import { quoteName, quoteTable } from "@understudy/postgres";
import type { Dice } from "./dice.ts";
import type { TableModel } from "./model.ts";
import { tableSql } from "./statements.ts";

/** What is made of the rows of the copy, and what must not happen while they are loaded. */
export function addViews(dice: Dice, table: TableModel, name: string): void {
  const at = tableSql(table);
  const view = quoteTable({ schema: table.schema, name });
  const fails = quoteTable({ schema: table.schema, name: `${name} fails` });
  const forms = [
    [],
    [`CREATE VIEW ${view} AS SELECT * FROM ${at}`],
    [`CREATE MATERIALIZED VIEW ${view} AS SELECT * FROM ${at}`],
    [`CREATE RULE ${quoteName(name)} AS ON INSERT TO ${at} DO INSTEAD NOTHING`],
    [
      `CREATE FUNCTION ${fails}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fired''; END'`,
      `CREATE TRIGGER ${quoteName(name)} BEFORE INSERT ON ${at} FOR EACH ROW EXECUTE FUNCTION ${fails}()`,
    ],
    [`ALTER TABLE ${at} ENABLE ROW LEVEL SECURITY`, `ALTER TABLE ${at} FORCE ROW LEVEL SECURITY`],
  ];
  table.last.push(...dice.one(forms));
}
