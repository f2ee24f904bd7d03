import { existsSync } from "node:fs";
import { findInstallation, loadSettings, openLog } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, mutate, type Target, toolboxOn } from "@understudy/environment";
import { readMetadata } from "../database/metadata.ts";
import { type N8nSide, openN8n } from "../database/open.ts";
import { MigrationFolder } from "../file/folder.ts";
import { findPending } from "../plan/pending.ts";
import { type MigrateOptions, migrate } from "./migrate.ts";
import type { MigrateReport } from "./report.ts";

export interface MigrateRequest extends EnvironmentChoice, Omit<MigrateOptions, "manner" | "log"> {
  readonly dryRun: boolean;
  readonly wait: boolean;
}

/** Apply what is pending in an environment. Where nothing is, no lock is taken. @throws UserError */
export async function migrateUp(request: MigrateRequest): Promise<MigrateReport> {
  const target = chooseTarget(detected(request));
  const { installation, environment } = target;
  const files = new MigrationFolder(installation).files();
  const log = openLog(installation, environment.name, "migrate");
  await using side = await openN8n(target, { readOnly: request.dryRun });
  const options = { ...request, log };
  if (request.dryRun) return await migrate(side, files, { ...options, manner: "plan" });
  if (await isUpToDate(side, files, request)) return nothingToDo(target);
  const mutation = {
    ...{ verb: "n8n:migrate-up", wait: request.wait, log, say: request.say },
    toolbox: await toolboxOn(side.engine),
  };
  return await mutate(target, side.engine, mutation, async ({ journal }) => {
    journal.step("migrate");
    return await migrate(side, files, { ...options, manner: "strict" });
  });
}

/** The environment that was named; else the only one that was set up here; else the usual one. */
function detected(choice: EnvironmentChoice): EnvironmentChoice {
  if (choice.environment || choice.staging || choice.production) return choice;
  const installation = findInstallation();
  const names = Object.keys(loadSettings(installation).environments);
  const [only, ...others] = names.filter((name) => existsSync(installation.envFile(name)));
  return only && others.length === 0 ? { environment: only } : choice;
}

async function isUpToDate(
  { tables }: N8nSide,
  files: ReturnType<MigrationFolder["files"]>,
  { to }: MigrateRequest,
): Promise<boolean> {
  const rows = await readMetadata(tables);
  const { files: pending, problems } = findPending(files, rows, { to });
  const unpublished = rows.some(({ publish }) => publish === "pending" || publish === "failed");
  return pending.length === 0 && problems.length === 0 && !unpublished;
}

function nothingToDo({ environment }: Target): MigrateReport {
  return {
    applied: [],
    pending: 0,
    conflicts: [],
    environment: environment.name,
    unchanged: [],
    published: [],
    problems: [],
  };
}
