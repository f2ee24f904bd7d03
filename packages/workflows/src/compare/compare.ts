import { UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice } from "@understudy/environment";
import type { Content } from "../content/content.ts";
import { contentOf } from "../content/stored.ts";
import { chooseWorkflows } from "../create/choose.ts";
import { diffContent, isSame, type WorkflowDiff } from "../diff/diff.ts";
import { type MigrationFile, MigrationFolder } from "../file/folder.ts";
import { openEnvironment } from "../source/open.ts";
import type { WorkflowSource } from "../source/source.ts";

export interface CompareRequest extends EnvironmentChoice {
  /** Name or id of a workflow, or name of a migration, or the beginning of one. */
  readonly what: string;
  /** Another environment of understudy.yml. */
  readonly with: string | undefined;
}

/** What `n8n:diff --json` says; documented in docs/workflows.md. */
export interface CompareReport {
  readonly workflow: string;
  readonly workflowId: string;
  /** What is compared: environments, or names of migrations. */
  readonly from: string;
  readonly to: string;
  readonly same: boolean;
  readonly diff: WorkflowDiff;
}

/**
 * Compare a migration with what an environment has, or with what it was made from; or a workflow of an environment with another's, or
 * with its newest migration. @throws UserError
 */
export async function compareWorkflow(request: CompareRequest): Promise<CompareReport> {
  const target = chooseTarget(request);
  const files = new MigrationFolder(target.installation).files();
  const file = findMigration(files, request.what);
  if (file) return await compareMigration(files, file, request);
  await using here = await openEnvironment(target);
  const id = await idOf(here, request.what);
  const from = { label: here.environment, content: await contentIn(here, id) };
  if (request.with !== undefined) {
    await using other = await openEnvironment(chooseTarget({ environment: request.with }));
    return reportOf(id, from, { label: other.environment, content: await contentIn(other, id) });
  }
  const newest = files.findLast((one) => one.summary().workflowId === id);
  if (newest) return reportOf(id, { label: newest.name, content: newest.parse().content }, from);
  throw new UserError(`No migration has "${request.what}", so there is nothing to compare it with`, {
    next: "Name another environment: --with production; or make one: pnpm n8n:create-migration",
  });
}

async function compareMigration(
  files: readonly MigrationFile[],
  file: MigrationFile,
  request: CompareRequest,
): Promise<CompareReport> {
  const { name, workflowId, basedOn, content } = file.parse();
  const to = { label: name, content };
  const environment = request.with ?? request.environment;
  if (environment ?? request.staging ?? request.production) {
    await using there = await openEnvironment(chooseTarget({ ...request, ...(environment ? { environment } : {}) }));
    return reportOf(workflowId, { label: there.environment, content: await contentIn(there, workflowId) }, to);
  }
  const base = files.findLast((one) => {
    const summary = one.summary();
    return summary.workflowId === workflowId && summary.hash === basedOn && one.name < name;
  });
  return reportOf(workflowId, { label: base?.name ?? "nothing", content: base?.parse().content }, to);
}

function findMigration(files: readonly MigrationFile[], what: string): MigrationFile | undefined {
  if (!/^\d{8,14}/.test(what)) return undefined;
  return files.findLast(({ name }) => name.startsWith(what));
}

async function idOf(source: WorkflowSource, what: string): Promise<string> {
  const all = await source.list();
  if (all.some(({ id }) => id === what)) return what;
  const [id = ""] = chooseWorkflows(all, { names: [what], ids: [] });
  return id;
}

async function contentIn(source: WorkflowSource, id: string): Promise<Content | undefined> {
  const names = await source.credentialNames();
  for await (const stored of source.workflows({ ids: [id] })) return contentOf(stored, names);
  return undefined;
}

interface Side {
  readonly label: string;
  readonly content: Content | undefined;
}

function reportOf(workflowId: string, from: Side, to: Side): CompareReport {
  if (!to.content) {
    throw new UserError(`${to.label} does not have workflow ${workflowId}`, {
      next: `Bring it there: pnpm n8n:migrate-up --environment ${to.label}`,
    });
  }
  const diff = diffContent(from.content, to.content);
  return {
    ...{ workflow: to.content.name, workflowId, from: from.label, to: to.label },
    same: from.content !== undefined && isSame(diff),
    diff,
  };
}
