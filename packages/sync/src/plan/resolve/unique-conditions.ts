import { quoteName, type Table } from "@understudy/postgres";
import type { TableRule } from "../../policy/policy.ts";
import { own } from "./effective-rules.ts";
import { mentions } from "./mentions.ts";
import type { Refusal } from "./resolution.ts";

/** Partial unique indexes whose WHERE asks for more of a masked column than masks keep: rows could come under it that did not stand there. */
export function uniqueConditions(table: Table, rule: TableRule): Refusal[] {
  return table.uniques.flatMap(({ name, predicate = "", dependsOn }) =>
    dependsOn
      .filter((column) => {
        const kind = own(rule.columns, column)?.kind;
        return kind !== undefined && kind !== "keep" && mentions(withoutKept(predicate, column), column);
      })
      .map((column) => ({
        message: `${table.id}.${column}: unique index ${name} holds WHERE ${predicate}, and that is another matter for masked values`,
        next: `Say keep for ${column}: the index asks for its own values`,
      })),
  );
}

/** A condition without its tests for NULL and for empty text: both stay as they are under a mask. */
function withoutKept(predicate: string, column: string): string {
  const names = [column, quoteName(column)].map(RegExp.escape).join("|");
  const operand = `\\(?(?:${names})\\)?(?:::[\\w ]+)?`;
  return predicate.replaceAll(new RegExp(`${operand}(?: IS (?:NOT )?NULL| (?:=|<>) ''(?:::[\\w ]+)?)`, "g"), "");
}
