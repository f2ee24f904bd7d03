export { type Credential, N8n, type N8nOptions, n8nPort } from "./client.ts";
export { type Execution, type ExecutionFilter, failureOf, type NodeRun, nodeRuns } from "./execution.ts";
export { type Freshness, type FreshnessOptions, freshness } from "./freshness.ts";
export { NoAnswer } from "./http.ts";
export type { Instance } from "./instance.ts";
export { carryInstance, NoOwner, ownerOf } from "./instance-own.ts";
export { type KeyRing, readKeyRing } from "./keys/key-ring.ts";
export { registrationTables } from "./registration.ts";
export {
  type Connection,
  type Connections,
  type Graph,
  liveGraph,
  type Node,
  temporaryPrefix,
  type Workflow,
  type WorkflowDraft,
  type WorkflowSettings,
} from "./workflow.ts";
