import type { Catalog, Column, Table, TypeShape } from "@understudy/postgres";
import { textShape } from "../../mask/compile/text-shape.ts";
import { parsePolicy } from "../../policy/file/parse-policy.ts";
import type { DatabasePolicy } from "../../policy/policy.ts";

const shapes: Readonly<Record<string, Partial<TypeShape>>> = {
  text: {},
  integer: { base: "int4", category: "N" },
  uuid: { base: "uuid", category: "U" },
  date: { base: "date", category: "D" },
  boolean: { base: "bool", category: "B" },
  jsonb: { base: "jsonb", category: "U" },
  tsvector: { base: "tsvector", category: "U" },
};

/** A nullable column of a catalog, for tests. */
export function column(name: string, type = "text", over: Partial<Column> = {}): Column {
  const known = { ...textShape, ...shapes[type] };
  return {
    name,
    type,
    shape: known,
    notNull: false,
    generated: false,
    identity: null,
    numbered: false,
    comment: undefined,
    ...over,
  };
}

/** A table of a catalog, for tests. */
export function table(id: string, columns: readonly Column[], over: Partial<Table> = {}): Table {
  const [schema = "", name = ""] = id.split(/\.(.*)/s);
  return {
    id,
    schema,
    name,
    kind: "table",
    parents: [],
    extension: undefined,
    unlogged: false,
    estimatedRows: 100,
    bytes: 8_192,
    pages: 1,
    comment: undefined,
    columns,
    uniques: [],
    computations: [],
    exclusions: [],
    partitionKey: [],
    checks: [],
    foreignKeys: [],
    triggers: [],
    ...over,
  };
}

/** A unique index over plain columns, for tests. */
export function unique(
  columns: readonly string[],
  over: Partial<Table["uniques"][number]> = {},
): Table["uniques"][number] {
  const name = `${columns.join("_")}_key`;
  return { name, primary: false, columns, dependsOn: columns, expressions: false, predicate: undefined, ...over };
}

/** The catalog of a database `app`, for tests. */
export function catalog(...tables: readonly Table[]): Catalog {
  return {
    database: "app",
    serverVersion: 170_000,
    tables,
    sequences: [],
    extensions: [],
    roles: [],
    largeObjects: { count: 0, bytes: 0 },
    notCarried: [],
  };
}

/** The policy of the database `app` with these tables, as YAML says them, for tests. */
export function policy(tables: Readonly<Record<string, unknown>>): DatabasePolicy {
  const { databases } = parsePolicy(JSON.stringify({ databases: { app: { tables } } }), "sanitize.yml");
  return databases.app as DatabasePolicy;
}
