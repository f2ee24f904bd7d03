import { openLog, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, mutate, toolboxOn } from "@understudy/environment";
import { readMetadata } from "../database/metadata.ts";
import { type N8nSide, openN8n } from "../database/open.ts";
import { type MigrationFile, MigrationFolder, unwritten } from "../file/folder.ts";
import { nextTimestamp } from "../file/name.ts";
import { migrate } from "../migrate/migrate.ts";
import type { MigrateReport } from "../migrate/report.ts";
import { findTaken } from "./find-taken.ts";
import { planRollback, type TakenBack } from "./plan-rollback.ts";

export interface RollbackRequest extends EnvironmentChoice {
  /** The last migration that stays, or the beginning of its name; without it, all but the newest stay. */
  readonly to: string | undefined;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly say: (line: string) => void;
}

/** What `n8n:rollback --json` says; documented in docs/workflow-rollback.md. */
export interface RollbackReport extends MigrateReport {
  /** Names of the migrations that were taken back. */
  readonly takenBack: readonly string[];
  /** Workflows that came with them. They stay as they are. */
  readonly stay: readonly { readonly id: string; readonly workflow: string }[];
}

/** Bring workflows back to the versions that ran before, by new migrations: history goes on, nothing of it is lost. @throws UserError */
export async function rollbackWorkflows(request: RollbackRequest): Promise<RollbackReport> {
  const target = chooseTarget(request);
  const { installation, environment } = target;
  const folder = new MigrationFolder(installation);
  const log = openLog(installation, environment.name, "migrate");
  await using side = await openN8n(target);
  const run = async (): Promise<RollbackReport> => {
    const taken = await chooseTaken(side, folder.files(), request.to);
    const present = new Set(folder.names());
    const plan = planRollback(taken, { timestamp: nextTimestamp(Date.now(), [...present]), taken: present });
    for (const { workflowId, content } of plan.stay) {
      request.say(`  "${content.name}" (${workflowId}) came with it, and stays: switch it off or delete it in n8n`);
    }
    for (const { name, content } of plan.migrations) request.say(`  ${name}: "${content.name}" as it was`);
    // What else is pending is not this verb's to apply.
    const applied = new Set((await readMetadata(side.tables)).map(({ name }) => name));
    const files = [...folder.files().filter(({ name }) => applied.has(name)), ...plan.migrations.map(unwritten)];
    const options = { ...request, to: undefined, resolve: "stop", outOfOrder: false, createStubs: false, log } as const;
    const planned = await migrate(side, files, { ...options, manner: "plan" });
    const isStopped = planned.conflicts.length + planned.problems.length > 0;
    if (!request.dryRun && !isStopped) for (const migration of plan.migrations) folder.write(migration);
    const report = request.dryRun || isStopped ? planned : await migrate(side, files, { ...options, manner: "strict" });
    return {
      ...report,
      takenBack: taken.map(({ migration }) => migration.name),
      stay: plan.stay.map(({ workflowId, content }) => ({ id: workflowId, workflow: content.name })),
    };
  };
  if (request.dryRun) return await run();
  const mutation = {
    ...{ verb: "n8n:rollback", wait: request.wait, log, say: request.say },
    toolbox: await toolboxOn(side.engine),
  };
  return await mutate(target, side.engine, mutation, async ({ journal }) => {
    journal.step("rollback");
    return await run();
  });
}

/** Migrations that changed something here, and are to be taken back, each with what was before it. */
async function chooseTaken(
  side: N8nSide,
  files: readonly MigrationFile[],
  to: string | undefined,
): Promise<TakenBack[]> {
  const rows = await readMetadata(side.tables);
  const changed = rows.filter(({ versionId }) => versionId !== null);
  const last = to === undefined ? changed.at(-2)?.name : rows.findLast(({ name }) => name.startsWith(to))?.name;
  if (to !== undefined && last === undefined) {
    throw new UserError(`No migration that is applied here is called ${to}`, {
      next: "pnpm n8n:status lists them",
      exitCode: 2,
    });
  }
  const after = changed.filter(({ name }) => last === undefined || name > last);
  if (after.length === 0)
    throw new UserError("Nothing was applied here that could be taken back", { next: "See pnpm n8n:status" });
  return await findTaken(side, files, after);
}
