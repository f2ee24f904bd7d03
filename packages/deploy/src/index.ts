export { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";
export type { DeployOutcome } from "./change-stack.ts";
export { type DeployRequest, deploy } from "./deploy.ts";
export { type DestroyReport, type DestroyRequest, destroy } from "./destroy.ts";
export { type LogsRequest, serviceLogs } from "./logs.ts";
export type { DeployReport, ServiceReport } from "./report/deploy-report.ts";
export { type StatusReport, status } from "./status.ts";
export { type StopReport, type StopRequest, stop } from "./stop.ts";
