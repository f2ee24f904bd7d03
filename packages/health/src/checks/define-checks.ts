import type { Adjustment, CheckDefinition } from "./registry.ts";

type Definitions = readonly (CheckDefinition | Adjustment)[];

/** Checks as code: what a TypeScript file in `checks/` exports by default. The types say what each may have. */
export function defineChecks(definitions: Definitions): Definitions {
  return definitions;
}
