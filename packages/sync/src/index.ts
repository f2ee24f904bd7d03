export { checkPolicy } from "./policy/check-policy.ts";
export { policyFile } from "./policy/read-policy.ts";
export type { CopyReport, DatabaseReport, PlanReport } from "./report/copy-report.ts";
export { type CopyOutcome, type CopyPart, type CopyRequest, syncProduction } from "./sync-production.ts";
