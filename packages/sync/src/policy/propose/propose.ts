import type { Catalog, Column, Connection, Table } from "@understudy/postgres";
import type { Unknown } from "../../plan/resolve/resolution.ts";
import type { DatabasePolicy } from "../policy.ts";
import { alikeByKeys } from "./alike-by-keys.ts";
import { type Evidence, noEvidence } from "./evidence.ts";
import { fitting } from "./fitting.ts";
import { lookAtColumns, lookAtDocuments } from "./look-at.ts";
import type { Proposal } from "./proposal.ts";
import { proposeColumn } from "./propose-column.ts";
import { proposeBelow, proposeDocuments } from "./propose-documents.ts";
import { type UndecidedTable, undecidedTables } from "./undecided.ts";
import { whereRuled } from "./where-ruled.ts";
import { wholeTable } from "./whole-table.ts";
import { withPeople } from "./with-people.ts";

/** A rule for everything that the policy does not know, by name, type, constraints and how production's values look. Only reads. */
export async function propose(
  session: Connection,
  catalog: Catalog,
  policy: DatabasePolicy | undefined,
  unknown: readonly Unknown[],
): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const undecided of undecidedTables(whereRuled(unknown, catalog, policy), catalog)) {
    proposals.push(...(wholeTable(undecided, catalog) ?? (await proposeTable(session, undecided))));
  }
  return [...withPeople(alikeByKeys(proposals, catalog, policy), catalog, policy), ...largeObjects(unknown)];
}

function largeObjects(unknown: readonly Unknown[]): Proposal[] {
  if (!unknown.some(({ what }) => what === "large objects")) return [];
  const because = "they are bytes, and can be anything";
  return [{ table: undefined, column: undefined, path: undefined, rule: { kind: "drop" }, because }];
}

async function proposeTable(session: Connection, { table, columns, paths }: UndecidedTable): Promise<Proposal[]> {
  const documents = columns.filter(isDocuments);
  const plain = columns.filter((column) => !isDocuments(column));
  const evidence = await lookAtColumns(session, table, plain);
  const proposals = plain.flatMap((column) => proposePlain(table, column, evidence.get(column.name) ?? noEvidence));
  for (const column of documents) {
    proposals.push(...proposeDocuments(table, column, await lookAtDocuments(session, table, column)));
  }
  for (const [column, said] of Map.groupBy(paths, (one) => one.column)) {
    const found = await lookAtDocuments(session, table, column);
    proposals.push(...said.flatMap(({ path }) => proposeBelow(table, column, path, found)));
  }
  return proposals;
}

function proposePlain(table: Table, column: Column, evidence: Evidence): Proposal[] {
  const proposed = proposeColumn(table, column, evidence);
  if (!proposed) return [];
  const rule = fitting(table, column, proposed.rules);
  const because = rule ? proposed.because : `${proposed.because}; no mask that we know fits ${column.type}`;
  return [{ table: table.id, column: column.name, path: undefined, rule, because }];
}

function isDocuments({ shape }: Column): boolean {
  return !shape.array && (shape.base === "json" || shape.base === "jsonb");
}
