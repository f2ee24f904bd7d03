import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Journal, UserError } from "@understudy/core";
import type { CopyContext } from "./sync-production.ts";

/**
 * A copy has the workflows that production has; what is newer here comes back by its migrations, while no service runs on the copy yet.
 * What is to be live is published once n8n runs, and what is in the way is told then.
 * @param mayBeLive names of the workflows that may act on the copy
 */
export async function migrateBeforeStart(context: CopyContext, mayBeLive: readonly string[]): Promise<void> {
  if (hasMigrations(context)) await migrate(context, { beforeStart: true, mayBeLive });
}

/** The same once n8n runs, for what it takes n8n for. */
export async function migrateAfterStart(context: CopyContext, journal: Journal): Promise<void> {
  if (!hasMigrations(context)) return;
  journal.step("workflow migrations");
  await migrate(context, {});
}

function hasMigrations({ staging }: CopyContext): boolean {
  return existsSync(join(staging.stack.installation.root, "workflows", "migrations"));
}

/** A migration that fails is no reason to call the copy a failure. */
async function migrate(
  { staging, request: { say }, log }: CopyContext,
  options: { readonly beforeStart?: boolean; readonly mayBeLive?: readonly string[] },
): Promise<void> {
  const { migrateOnStart } = await import("@understudy/workflows");
  try {
    await migrateOnStart(staging.stack, { ...options, manner: "tolerant", say, log });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error: error.message, ...options }, "workflow migrations");
    if (!options.beforeStart) say(`warning: ${error.message}. ${error.next ?? "See pnpm n8n:status"}`);
  }
}
