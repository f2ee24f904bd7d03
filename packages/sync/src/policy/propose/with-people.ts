import type { Catalog, Table } from "@understudy/postgres";
import { effectiveRules } from "../../plan/resolve/effective-rules.ts";
import type { DatabasePolicy, MaskRule } from "../policy.ts";
import type { Proposal } from "./proposal.ts";

const names = new Set(["full-name", "first-name", "last-name"]);

/** Columns of names whose words free text is scrubbed of, at most: each is one more query for the server. */
const mostNames = 8;

/** Proposals whose dates are shifted by the person that a row is of, and whose texts are scrubbed of the names that other columns have. */
export function withPeople(
  proposals: readonly Proposal[],
  { tables }: Catalog,
  policy: DatabasePolicy | undefined,
): Proposal[] {
  const masked = [...ruledMasks(tables, policy), ...proposedMasks(proposals)];
  const people = new Set(
    masked.filter(({ masker }) => masker === "email" || names.has(masker)).map(({ table }) => table),
  );
  const known = [
    ...new Set(masked.filter(({ masker }) => names.has(masker)).map(({ table, column }) => `${table}.${column}`)),
  ];
  const byId = new Map(tables.map((table) => [table.id, table]));
  return proposals.map((proposal) => {
    const { rule } = proposal;
    if (rule?.kind !== "mask") return proposal;
    return {
      ...proposal,
      rule: complete(rule, personOf(byId.get(proposal.table ?? ""), people, byId), known.slice(0, mostNames)),
    };
  });
}

function complete(rule: MaskRule, person: string | undefined, known: readonly string[]): MaskRule {
  if (rule.masker === "date") return { ...rule, person: rule.person ?? person };
  if (rule.masker === "text" && known.length) return { ...rule, options: { names: known, ...rule.options } };
  return rule;
}

/** The column that says whose row it is: the key of a table of people, or the one that leads to such a key. */
function personOf(
  table: Table | undefined,
  people: ReadonlySet<string>,
  tables: ReadonlyMap<string, Table>,
): string | undefined {
  const own = keyOf(table);
  if (table && own && people.has(table.id)) return own;
  const key = table?.foreignKeys.find(
    ({ references, referencedColumns: [referenced] }) =>
      people.has(references) && referenced === keyOf(tables.get(references)),
  );
  return key?.columns[0];
}

/** The column that is a table's primary key alone. */
function keyOf(table: Table | undefined): string | undefined {
  const { columns = [] } = table?.uniques.find(({ primary }) => primary) ?? {};
  return columns.length === 1 ? columns[0] : undefined;
}

interface Masked {
  readonly table: string;
  readonly column: string;
  readonly masker: string;
}

function ruledMasks(tables: readonly Table[], policy: DatabasePolicy | undefined): Masked[] {
  return effectiveRules(policy, tables).flatMap(({ table, rule }) =>
    Object.entries(rule?.columns ?? {}).flatMap(([column, said]) =>
      said.kind === "mask" ? [{ table: table.id, column, masker: said.masker }] : [],
    ),
  );
}

function proposedMasks(proposals: readonly Proposal[]): Masked[] {
  return proposals.flatMap(({ table, column, path, rule }) =>
    rule?.kind === "mask" && table !== undefined && column !== undefined && path === undefined
      ? [{ table, column, masker: rule.masker }]
      : [],
  );
}
