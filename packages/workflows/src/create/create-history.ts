import { chooseTarget, type EnvironmentChoice } from "@understudy/environment";
import { MigrationFolder, type Summary } from "../file/folder.ts";
import { openEnvironment, openNamed } from "../source/open.ts";
import type { WorkflowSource } from "../source/source.ts";
import { chooseWorkflows } from "./choose.ts";
import { type Made, makeMigrations } from "./make.ts";
import { type CreateReport, createReport } from "./report.ts";

export interface HistoryRequest extends Pick<EnvironmentChoice, "environment"> {
  /** Only this workflow, whenever it was changed. */
  readonly name: string | undefined;
  readonly ids: readonly string[];
  /** Changed within so many days; as the settings say unless told. */
  readonly days: number | undefined;
  /** Whenever they were changed. */
  readonly all: boolean;
  readonly notes: string | undefined;
}

/** What production's workflows have come to since they were last in migrations, and who was asked. */
export interface History {
  readonly made: Made;
  readonly report: CreateReport;
  readonly folder: MigrationFolder;
}

/** Make migrations of what was changed in production, and write them. Production is only read. @throws UserError */
export async function createHistory(request: HistoryRequest): Promise<CreateReport> {
  const { made, report, folder } = await makeHistory(request);
  for (const migration of made.migrations) folder.write(migration);
  return report;
}

/** The same, without writing them. */
export async function makeHistory(request: HistoryRequest): Promise<History> {
  const target = chooseTarget({ environment: request.environment }, "production");
  const { installation, settings } = target;
  const folder = new MigrationFolder(installation);
  await using source =
    (request.environment ? undefined : await openNamed("PROD", target.environment.name)) ??
    (await openEnvironment(target));
  const all = await source.list();
  const made = await makeMigrations(
    source,
    folder,
    await chooseChanged(source, request, settings.workflows.recentDays),
    {
      allowed: settings.workflows.allowedValues,
      publish: () => false,
      notes: request.notes,
      now: Date.now(),
    },
  );
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const deleted = isWhole(request) ? await deletedSince(source, folder, names) : [];
  return { made, folder, report: createReport(source, made, names, deleted) };
}

async function chooseChanged(
  source: WorkflowSource,
  { name, ids, all, days }: HistoryRequest,
  recentDays: number,
): Promise<string[]> {
  const listed = await source.list();
  if (name !== undefined || ids.length)
    return chooseWorkflows(listed, { names: name === undefined ? [] : [name], ids });
  const since = all ? 0 : Date.now() - (days ?? recentDays) * 86_400_000;
  return listed.filter(({ updatedAt }) => updatedAt.getTime() >= since).map(({ id }) => id);
}

function isWhole({ name, ids }: HistoryRequest): boolean {
  return name === undefined && ids.length === 0;
}

/** Workflows whose migrations production has, and that it has not any more. */
async function deletedSince(
  source: WorkflowSource,
  folder: MigrationFolder,
  names: ReadonlyMap<string, string>,
): Promise<CreateReport["deleted"]> {
  const has = await source.migrations();
  const newest = new Map<string, Summary>();
  for (const file of folder.files()) {
    const summary = file.summary();
    if (has(summary) && !names.has(summary.workflowId)) newest.set(summary.workflowId, summary);
  }
  return [...newest.values()].map(({ workflowId, workflow }) => ({ id: workflowId, workflow }));
}
