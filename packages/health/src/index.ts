export { type Event, tellEvent } from "./alerts/tell-event.ts";
export type { Check, CheckContext, CheckResult, CheckStatus, Severity } from "./checks/check.ts";
export { defineChecks } from "./checks/define-checks.ts";
export type { CheckDefinition } from "./checks/registry.ts";
export { type HealthReport, type HealthRequest, healthCheck } from "./health-check.ts";
export { type ChangeFlags, changeFlags, runInstall } from "./schedule/schedule-command.ts";
export type { WorkflowReport } from "./workflows/report.ts";
export { testWorkflows, workflowTestNames } from "./workflows/test-workflows.ts";
