import { countInWords } from "@understudy/core";
import type { KindPlan } from "../neo4j/graph-plan.ts";
import { kindName } from "../neo4j/kind.ts";
import type { DatabasePlan } from "../plan/database-plan.ts";
import type { CopyPlan } from "../plan/plan-copy.ts";
import type { CopyContext } from "../sync-production.ts";

/** What `sync:production --json` ends with; documented in docs/cli-json.md. */
export interface CopyReport {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly verified: boolean;
  readonly swapped: boolean;
  /** Places in the copy where a value of production's was found; more than 0 is never swapped in. */
  readonly leaks: number;
  readonly databases: readonly DatabaseReport[];
  readonly neo4j: { readonly nodes: number; readonly relationships: number } | null;
  readonly volumes: readonly {
    readonly name: string;
    readonly files: number;
    readonly excluded: number;
    readonly bytes: number;
  }[];
  /** What was not carried, and other things worth knowing. */
  readonly notes: readonly string[];
  /** How long staging's services took to be well with it, their migrations of it included; null when that run was cut off later. */
  readonly healthySeconds: number | null;
  readonly seconds: number;
  /** Of this process, resident. */
  readonly peakMemoryBytes: number;
}

export interface DatabaseReport {
  readonly name: string;
  readonly tables: number;
  readonly rows: number;
  /** Columns that were masked, emptied or derived. */
  readonly masked: number;
}

/** What `--plan --json` says. */
export interface PlanReport {
  readonly from: string;
  readonly to: string;
  readonly databases: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly tables: readonly TableReport[];
    readonly notes: readonly string[];
  }[];
  readonly neo4j: readonly string[];
  readonly volumes: readonly string[];
}

interface TableReport {
  readonly table: string;
  readonly action: "copy" | "drop rows";
  readonly because: string;
  /** As the planner believes; null when it does not know. */
  readonly rows: number | null;
  readonly bytes: number;
  readonly where: string | null;
  readonly columns: readonly { readonly name: string; readonly what: string; readonly because: string }[];
}

/** @param rows of each table, by its id */
export function databaseReport(plan: DatabasePlan, rows: Readonly<Record<string, number>>): DatabaseReport {
  return {
    name: plan.name,
    tables: plan.tables.length,
    rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
    masked: maskedColumns(plan),
  };
}

/** Columns whose values are not production's. */
export function maskedColumns({ tables }: DatabasePlan): number {
  const changed = new Set(["mask", "null", "derive"]);
  return tables.reduce(
    (sum, { action, columns }) =>
      sum + (action === "copy" ? columns.filter(({ action }) => changed.has(action)).length : 0),
    0,
  );
}

export function planReport({ production, staging }: CopyContext, { databases, graph, volumes }: CopyPlan): PlanReport {
  return {
    from: production.stack.environment.name,
    to: staging.stack.environment.name,
    databases: databases.map(({ plan }) => databaseInPlan(plan)),
    neo4j: graph?.plan.kinds.map(kindInPlan) ?? [],
    volumes,
  };
}

function kindInPlan({ kind, count, properties }: KindPlan): string {
  const changed = properties.filter(({ action }) => action !== "keep").map(({ name, how }) => `${name}: ${how}`);
  return `${kindName(kind)}, ${countInWords(count)}${changed.length ? `, ${changed.join(", ")}` : ", kept"}`;
}

function databaseInPlan({ name, bytes, tables, notes }: DatabasePlan): PlanReport["databases"][number] {
  return {
    name,
    bytes,
    notes,
    tables: tables.map(({ table, action, because, where, columns }) => ({
      table: table.id,
      action,
      because,
      rows: table.estimatedRows < 0 ? null : table.estimatedRows,
      bytes: table.bytes,
      where: where ?? null,
      columns: columns.map(({ column, how, because }) => ({ name: column.name, what: how, because })),
    })),
  };
}
