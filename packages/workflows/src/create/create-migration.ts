import { UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";
import { sha256 } from "../content/hash.ts";
import { MigrationFolder } from "../file/folder.ts";
import { renderMigration } from "../file/render.ts";
import { openEnvironment, openNamed } from "../source/open.ts";
import type { WorkflowSource } from "../source/source.ts";
import { chooseWorkflows } from "./choose.ts";
import { makeMigrations, withCalled } from "./make.ts";
import { type CreateReport, createReport } from "./report.ts";

export interface CreateRequest extends EnvironmentChoice {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** Also of the workflows that they call. */
  readonly withDependencies: boolean;
  /** They are to be live wherever they may be; otherwise those that are live here. */
  readonly publish: boolean;
  readonly notes: string | undefined;
}

/** Make migrations of workflows of the local n8n. @throws UserError; nothing is written then */
export async function createMigration(request: CreateRequest): Promise<CreateReport> {
  const target = chooseTarget(request);
  refuseProduction(target);
  const { installation, settings } = target;
  const folder = new MigrationFolder(installation);
  const isNamed = request.environment ?? request.staging;
  await using source =
    (isNamed ? undefined : await openNamed("LOCAL", target.environment.name)) ?? (await openEnvironment(target));
  const chosen = chooseWorkflows(await source.list(), request);
  const ids = request.withDependencies ? await withCalled(source, chosen) : chosen;
  const made = await makeMigrations(source, folder, ids, {
    allowed: settings.workflows.allowedValues,
    publish: ({ activeVersionId }) => request.publish || activeVersionId !== null,
    notes: request.notes,
    now: Date.now(),
  });
  for (const migration of made.migrations) {
    folder.write(migration);
    await source.remember?.(migration, sha256(renderMigration(migration).sql));
  }
  return createReport(
    source,
    made,
    await namesOf(
      source,
      made.missing.map(({ id }) => id),
    ),
  );
}

function refuseProduction({ environment }: Target): void {
  if (environment.kind !== "production") return;
  throw new UserError(`${environment.name} is production`, {
    next: "What changed there comes by pnpm n8n:create-history",
    exitCode: 2,
  });
}

async function namesOf(source: WorkflowSource, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  return new Map((await source.list()).map(({ id, name }) => [id, name]));
}
