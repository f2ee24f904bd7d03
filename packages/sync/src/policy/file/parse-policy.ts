import type { z } from "zod";
import type { FileRule, GraphPolicy, N8nPolicy, Policy, PropertyRule, TableRule } from "../policy.ts";
import { readYaml } from "./read-yaml.ts";
import { columnRule, propertyRule } from "./rules.ts";
import { policySchema } from "./schema.ts";
import { refused, type Written } from "./written.ts";

/** One file's part of a policy. */
export interface PolicyFile extends Omit<Policy, "n8n"> {
  /** Only what the file says. */
  readonly n8n: Partial<N8nPolicy>;
}

/** Understand the text of a policy file. `shown` names it in errors. @throws UserError with file, line, field and reason. */
export function parsePolicy(text: string, shown: string): PolicyFile {
  const written = readYaml(text, shown);
  const said = parse(written);
  return {
    databases: mapValues(said.databases, ({ tables, largeObjects }, database) => ({
      largeObjects,
      tables: mapValues(tables, (rule, table) => tableRule(written, ["databases", database, "tables", table], rule)),
    })),
    neo4j: said.neo4j && graphPolicy(written, said.neo4j),
    volumes: mapValues(said.volumes, (rules, volume) =>
      rules.map((rule, index) => fileRule(written.place(["volumes", volume, index]), rule)),
    ),
    n8n: said.n8n,
    allowedValues: said.allowedValues,
  };
}

type Said = z.output<typeof policySchema>;

function parse(written: Written): Said {
  const parsed = policySchema.safeParse(written.value);
  if (parsed.success) return parsed.data;
  const { path, message } = deepest(parsed.error.issues);
  throw refused(written, path, message);
}

/** What is wrong, where it is wrong: of several forms that a part may have, the one that somebody meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): { path: PropertyKey[]; message: string } {
  const found = issues.map((issue) => {
    if (issue.code === "unrecognized_keys")
      return { path: [...issue.path, issue.keys[0] ?? ""], message: issue.message };
    if (issue.code === "invalid_key") return { path: issue.path, message: issue.issues[0]?.message ?? issue.message };
    // A message of our own says which forms there are.
    if (issue.code !== "invalid_union" || issue.message !== "Invalid input")
      return { path: issue.path, message: issue.message };
    const inner = deepest(issue.errors.flat());
    return inner.path.length
      ? { path: [...issue.path, ...inner.path], message: inner.message }
      : { path: issue.path, message: issue.message };
  });
  return found.reduce((best, one) => (one.path.length > best.path.length ? one : best));
}

function tableRule(
  written: Written,
  path: readonly PropertyKey[],
  rule: Said["databases"][string]["tables"][string],
): TableRule {
  const source = written.place(path);
  if (String(path.at(-1)).includes("*") && rule !== "drop")
    throw refused(written, path, "a name with * can only be for tables whose rows are left out: drop");
  if (rule === "drop") return { source, rows: "drop", where: undefined, columns: {} };
  const columns = mapValues(rule.columns, (value, column) => columnRule(written, [...path, "columns", column], value));
  return { source, rows: "copy", where: rule.where, columns };
}

function graphPolicy(written: Written, said: NonNullable<Said["neo4j"]>): GraphPolicy {
  const rules = (part: "nodes" | "relationships") =>
    mapValues(said[part], (properties, name) =>
      mapValues(
        properties,
        (value, property): PropertyRule => propertyRule(written, ["neo4j", part, name, property], value),
      ),
    );
  return { nodes: rules("nodes"), relationships: rules("relationships") };
}

function fileRule(source: string, rule: { keep: string } | { exclude: string }): FileRule {
  return "keep" in rule
    ? { source, action: "keep", pattern: rule.keep }
    : { source, action: "exclude", pattern: rule.exclude };
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
