import { existsSync } from "node:fs";
import { messageOf, table, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";
import { contentHash } from "../content/hash.ts";
import { contentOf } from "../content/stored.ts";
import { readMetadata } from "../database/metadata.ts";
import { type N8nSide, openN8n } from "../database/open.ts";
import { readCredentials } from "../database/read-facts.ts";
import { readWorkflows } from "../database/read-workflows.ts";
import { type MigrationFile, MigrationFolder } from "../file/folder.ts";
import { findPending } from "../plan/pending.ts";
import { driftOf, type WorkflowState } from "./drift.ts";

/** What `n8n:status --json` says of one environment; documented in docs/workflows.md. */
export interface EnvironmentStatus {
  readonly environment: string;
  /** Why nothing can be told of it; null when it can. */
  readonly unreachable: string | null;
  readonly applied: number;
  /** Names of files. */
  readonly pending: readonly string[];
  readonly problems: readonly { readonly message: string; readonly next: string }[];
  readonly workflows: readonly WorkflowState[];
}

export interface StatusReport {
  readonly environments: readonly EnvironmentStatus[];
}

/** What is applied, what is not, and what was changed besides, in the environment that is named, or in all that were set up here. @throws UserError */
export async function workflowStatus(choice: EnvironmentChoice): Promise<StatusReport> {
  const targets = targetsOf(choice);
  const environments: EnvironmentStatus[] = [];
  for (const target of targets) environments.push(await statusOf(target, targets.length > 1));
  return { environments };
}

function targetsOf(choice: EnvironmentChoice): Target[] {
  const first = chooseTarget(choice);
  if (choice.environment || choice.staging || choice.production) return [first];
  const names = Object.keys(first.settings.environments);
  const setUp = names.filter((name) => existsSync(first.installation.envFile(name)));
  return setUp.length ? setUp.map((environment) => chooseTarget({ environment })) : [first];
}

async function statusOf(target: Target, isOneOfMany: boolean): Promise<EnvironmentStatus> {
  const files = new MigrationFolder(target.installation).files();
  try {
    await using side = await openN8n(target, { readOnly: true });
    return await compare(side, files);
  } catch (error) {
    if (!isOneOfMany || !(error instanceof UserError)) throw error;
    const { name: environment } = target.environment;
    return { environment, unreachable: messageOf(error), applied: 0, pending: [], problems: [], workflows: [] };
  }
}

async function compare({ tables, stack }: N8nSide, files: readonly MigrationFile[]): Promise<EnvironmentStatus> {
  const rows = await readMetadata(tables);
  const { files: pending, problems } = findPending(files, rows);
  const done = new Set(rows.map(({ name }) => name));
  const applied = files.filter(({ name }) => done.has(name)).map((file) => file.summary());
  const { names } = await readCredentials(tables);
  const here = new Map<string, { name: string; hash: string; live: boolean }>();
  for await (const stored of readWorkflows(tables, {})) {
    const hash = contentHash(contentOf(stored, names));
    here.set(stored.id, { name: stored.name, hash, live: stored.activeVersionId !== null });
  }
  const unpublished = rows.filter(({ publish }) => publish === "pending" || publish === "failed");
  return {
    environment: stack.environment.name,
    unreachable: null,
    applied: applied.length,
    pending: pending.map(({ name }) => name),
    problems: [
      ...problems.map(({ message, next }) => ({ message, next })),
      ...unpublished.map(({ name }) => ({
        message: `${name} is applied, and n8n does not run it yet`,
        next: "Publish it: pnpm n8n:migrate-up",
      })),
    ],
    workflows: driftOf(applied, here),
  };
}

/** For people. */
export function showStatus({ environments }: StatusReport): string {
  return environments.map(showOne).join("\n");
}

function showOne({ environment, unreachable, applied, pending, problems, workflows }: EnvironmentStatus): string {
  if (unreachable) return `${environment}: ${unreachable}\n`;
  const rows = workflows.map(({ id, name, state, live, migration }) => [
    name,
    id,
    live ? "live" : "",
    state,
    migration ?? "",
  ]);
  return [
    `${environment}: ${applied} applied, ${pending.length} pending`,
    ...pending.map((name) => `  pending: ${name}`),
    ...problems.map(({ message, next }) => `  ${message}. ${next}`),
    ...(rows.length
      ? [table(["workflow", "id", "", "is", "newest applied migration"], rows)]
      : ["n8n has no workflows"]),
    "",
  ].join("\n");
}
