import type { PolicyFile } from "./file/parse-policy.ts";
import type { ColumnRule, DatabasePolicy, TableRule } from "./policy.ts";

/** One policy file laid over another: what it says of a column, a path, a property or a setting comes first. */
export function layOver(base: PolicyFile, over: PolicyFile): PolicyFile {
  return {
    databases: mergeRecords(base.databases, over.databases, database),
    neo4j:
      base.neo4j && over.neo4j
        ? {
            nodes: mergeRecords(base.neo4j.nodes, over.neo4j.nodes, (a, b) => ({ ...a, ...b })),
            relationships: mergeRecords(base.neo4j.relationships, over.neo4j.relationships, (a, b) => ({ ...a, ...b })),
          }
        : (over.neo4j ?? base.neo4j),
    // The first rule that holds decides.
    volumes: mergeRecords(base.volumes, over.volumes, (a, b) => [...b, ...a]),
    n8n: { ...base.n8n, ...over.n8n },
    allowedValues: [...base.allowedValues, ...over.allowedValues],
  };
}

function database(base: DatabasePolicy, over: DatabasePolicy): DatabasePolicy {
  return {
    largeObjects: over.largeObjects ?? base.largeObjects,
    tables: mergeRecords(base.tables, over.tables, table),
  };
}

function table(base: TableRule, over: TableRule): TableRule {
  if (base.rows === "drop" || over.rows === "drop") return over;
  return { ...over, where: over.where ?? base.where, columns: mergeRecords(base.columns, over.columns, column) };
}

/** Of documents that both rule by path, path by path. */
function column(base: ColumnRule, over: ColumnRule): ColumnRule {
  if (base.kind !== "json" || over.kind !== "json") return over;
  const said = new Set(over.paths.map(({ path }) => path));
  return { ...over, paths: [...base.paths.filter(({ path }) => !said.has(path)), ...over.paths] };
}

function mergeRecords<Value>(
  base: Readonly<Record<string, Value>>,
  over: Readonly<Record<string, Value>>,
  merge: (base: Value, over: Value) => Value,
): Record<string, Value> {
  const merged = Object.entries(over).map(([name, value]): [string, Value] => {
    const below = Object.hasOwn(base, name) ? base[name] : undefined;
    return [name, below === undefined ? value : merge(below, value)];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
