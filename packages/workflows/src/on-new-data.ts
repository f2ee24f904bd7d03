import { existsSync } from "node:fs";
import { join } from "node:path";
import { forgetFact, type Journal, type Log, UserError } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";

export interface OnNewDataOptions {
  readonly journal: Journal;
  readonly say: (line: string) => void;
  readonly log: Log;
}

/**
 * An environment's data was replaced, and its workflows with it: what migrations say is new comes back. What is in their way is told. It is
 * no failure: the data is in place and proven. Under the lock that the caller holds.
 */
export async function migrateOnNewData(stack: DesiredStack, { journal, say, log }: OnNewDataOptions): Promise<void> {
  const { installation, environment, model } = stack;
  // What the old data had is not what this has.
  forgetFact(installation, environment.name, "workflow-migrations");
  if (!model.services.n8n || !existsSync(join(installation.root, "workflows", "migrations"))) return;
  // What few installations have is loaded only there.
  const { migrateOnStart } = await import("./migrate/on-start.ts");
  journal.step("workflow migrations");
  try {
    await migrateOnStart(stack, { manner: "tolerant", say, log });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`warning: ${error.message}. ${error.next ?? "See pnpm n8n:status"}`);
  }
}
