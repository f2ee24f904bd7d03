import { parsePolicy } from "../../src/policy/file/parse-policy.ts";
import type { Policy } from "../../src/policy/policy.ts";

/** What a policy file says that has only these tables of one database, as YAML would say them. */
export function policyOfTables(database: string, tables: Readonly<Record<string, unknown>>): Policy {
  const { databases } = parsePolicy(JSON.stringify({ databases: { [database]: { tables } } }), "sanitize.yml");
  return {
    ...{ databases, neo4j: undefined, volumes: {}, allowedValues: [] },
    n8n: { activeWorkflows: [], executions: "drop", credentials: "stub" },
  };
}
