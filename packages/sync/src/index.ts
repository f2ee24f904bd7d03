export type { CopyReport, DatabaseReport, PlanReport } from "./report/copy-report.ts";
export { type CopyOutcome, type CopyPart, type CopyRequest, syncProduction } from "./sync-production.ts";
