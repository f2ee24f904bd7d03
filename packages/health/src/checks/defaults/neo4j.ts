import type { Check } from "../check.ts";
import { define } from "../registry.ts";

export function neo4j(): Check[] {
  return [define({ name: "neo4j query", type: "neo4j", query: "RETURN 1", expect: { value: 1 } })];
}
