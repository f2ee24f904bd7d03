import { existsSync } from "node:fs";
import { join } from "node:path";
import { readFact, type Step } from "@understudy/core";
import type { DesiredStack, Target } from "@understudy/environment";
import type { MigrateReport, OnStartOptions } from "@understudy/workflows";

/** Whether what is in the way of a workflow migration stops everything, or is told; and the last one that belongs to the release. */
export type WorkflowsChange = Pick<OnStartOptions, "manner" | "to">;

/** The service whose workflows they are. */
const n8n = "n8n";

/** The step that applies workflow migrations to a stack whose n8n is up; none without n8n, or without migrations. */
export function migrationSteps(desired: DesiredStack, options: OnStartOptions): Step[] {
  if (!hasWorkflows(desired)) return [];
  const title = options.manner === "rehearse" ? "Rehearse workflow migrations" : "Workflow migrations";
  return [{ title, run: () => migrateWorkflows(desired, options) }];
}

/** For a stack that is only repaired: the migrations that came with the release it runs, and none where none did. */
export function recordedWorkflows({ installation, environment }: Target): WorkflowsChange | undefined {
  const { to } = readFact<{ to: string }>(installation, environment.name, "workflow-migrations") ?? {};
  return to ? { manner: "tolerant", to } : undefined;
}

/** Whether there are workflow migrations that a stack was not brought yet. Looks at files only. */
export async function lacksMigrations(desired: DesiredStack): Promise<boolean> {
  if (!hasWorkflows(desired)) return false;
  const { hasNewMigrations } = await import("@understudy/workflows");
  return hasNewMigrations(desired);
}

/** What few installations have is loaded only there. */
function hasWorkflows({ installation, model }: DesiredStack): boolean {
  return model.services[n8n] !== undefined && existsSync(join(installation.root, "workflows", "migrations"));
}

/** @returns what came of it, in words. @throws UserError unless tolerant */
async function migrateWorkflows(target: Target, options: OnStartOptions): Promise<string | undefined> {
  const { migrateOnStart } = await import("@understudy/workflows");
  const report = await migrateOnStart(target, options);
  return report && inWords(report);
}

function inWords({ applied, pending, published }: MigrateReport): string {
  const live = published.length ? `, ${published.length} live` : "";
  return applied.length + pending === 0 ? "none to apply" : `${applied.length} applied${live}, ${pending} pending`;
}
