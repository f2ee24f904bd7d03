import { isDeepStrictEqual } from "node:util";
import { quoteName, type Table } from "@understudy/postgres";
import type { ColumnRule, TableRule } from "../../policy/policy.ts";
import { isKeptUnique } from "./distinct.ts";
import { own } from "./effective-rules.ts";
import { mentions } from "./mentions.ts";
import type { Refusal } from "./resolution.ts";

/** Exclusion constraints that masked values might break: masks keep equal what is equal, and dates as far from each other as they are; no more. */
export function exclusionConflicts(table: Table, rule: TableRule): Refusal[] {
  return table.exclusions.flatMap(({ name, elements }) => {
    const index = table.uniques.find((one) => one.name === name);
    if (index && isKeptUnique(table, rule, index)) return [];
    return elements
      .filter(({ sql, operator }) => !holds(table, rule, sql, operator))
      .map(({ sql, operator }) => ({
        message: `${table.id}: exclusion constraint ${name} compares ${sql} by ${operator}, and masks do not keep that`,
        next: "Say keep for its columns; dates may all be masked by date with the same days",
      }));
  });
}

function holds(table: Table, { columns }: TableRule, sql: string, operator: string): boolean {
  const named = table.columns.filter(({ name }) => sql === name || mentions(sql, name));
  // Of a generated column it is not told here what becomes of it.
  const sources = named.flatMap(({ name, formula }) => formula?.columns ?? [name]);
  const rules = sources.map((name) => own(columns, name));
  if (rules.every((rule) => rule === undefined || rule.kind === "keep")) return true;
  const isPlain =
    named.length === 1 && !named[0]?.generated && [named[0]?.name, quoteName(named[0]?.name ?? "")].includes(sql);
  if (isPlain && (rules[0]?.kind === "null" || (rules[0]?.kind === "mask" && operator === "="))) return true;
  return (isPlain || isRange.test(sql)) && movesAlike(rules);
}

/** Made of dates without looking at what month they are in, say. */
const isRange = /^(?:pg_catalog\.)?(?:date|ts|tstz)range\((?:[^()]|(?:COALESCE|(?<!\w))\([^()]*\))*\)$/i;

/** Distinct dates all move by the same days. */
function movesAlike(rules: readonly (ColumnRule | undefined)[]): boolean {
  const options = rules.map((rule) => (rule?.kind === "mask" && rule.masker === "date" ? rule.options : undefined));
  return options.every((one) => one !== undefined && isDeepStrictEqual(one, options[0]));
}
