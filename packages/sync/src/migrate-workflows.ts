import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@understudy/core";
import type { CopyContext } from "./sync-production.ts";

/**
 * Bring staging's workflow migrations to a copy that no service runs on yet: nobody meets production's workflows where this installation
 * has newer ones. What is to be live is published once n8n runs; what is in the way is told then.
 * @param mayBeLive names of workflows that may act on the copy
 */
export async function migrateBeforeStart(context: CopyContext, mayBeLive: readonly string[]): Promise<void> {
  await migrate(context, { beforeStart: true, mayBeLive });
}

/** The same once n8n runs, for what it takes n8n for. */
export async function migrateAfterStart(context: CopyContext): Promise<void> {
  await migrate(context, {});
}

/** The copy is proven, or will be: a migration that fails is no reason to call it a failure. */
async function migrate(
  { staging: { stack }, request: { say }, log }: CopyContext,
  options: { readonly beforeStart?: boolean; readonly mayBeLive?: readonly string[] },
): Promise<void> {
  if (!existsSync(join(stack.installation.root, "workflows", "migrations"))) return;
  const { migrateOnStart } = await import("@understudy/workflows");
  try {
    await migrateOnStart(stack, { ...options, manner: "tolerant", say, log });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!options.beforeStart) say(`warning: ${error.message}. ${error.next ?? "See pnpm n8n:status"}`);
    log.warn({ error: error.message }, "workflow migrations");
  }
}
