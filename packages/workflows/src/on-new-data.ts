import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Journal, UserError } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import type { OnStartOptions } from "./migrate/on-start.ts";

export interface OnNewDataOptions extends Omit<OnStartOptions, "manner" | "to"> {
  readonly journal: Journal;
}

/**
 * An environment's data was replaced, and its workflows with it: what migrations say is new comes back. What is in their way is told, once
 * n8n runs. It is no failure: the data is in place. Under the lock that the caller holds.
 */
export async function migrateOnNewData(stack: DesiredStack, { journal, ...options }: OnNewDataOptions): Promise<void> {
  const { installation, model } = stack;
  if (!model.services.n8n || !existsSync(join(installation.root, "workflows", "migrations"))) return;
  // What few installations have is loaded only there.
  const { migrateOnStart } = await import("./migrate/on-start.ts");
  const { beforeStart, say, log } = options;
  journal.step(beforeStart ? "workflow migrations before start" : "workflow migrations");
  try {
    await migrateOnStart(stack, { ...options, manner: "tolerant" });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error: error.message, beforeStart }, "workflow migrations");
    if (!beforeStart) say(`warning: ${error.message}. ${error.next ?? "See pnpm n8n:status"}`);
  }
}
