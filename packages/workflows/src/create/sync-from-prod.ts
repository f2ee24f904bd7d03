import { relative } from "node:path";
import type { Content } from "../content/content.ts";
import type { MigrationFolder } from "../file/folder.ts";
import { parseHeader } from "../file/header.ts";
import { dataFile, type Migration } from "../file/migration.ts";
import { renderMigration } from "../file/render.ts";
import { commitOf, commitOnBranch, fileOnBranch, filesOnBranch, type NewFile, pushBranch } from "./commit.ts";
import { type HistoryRequest, makeHistory } from "./create-history.ts";
import { pullRequestText } from "./pull-request.ts";
import type { CreateReport } from "./report.ts";

export interface SyncRequest extends HistoryRequest {
  readonly branch: string;
  readonly push: boolean;
}

/** What `n8n:sync-from-prod --json` says; documented in docs/workflows.md. */
export interface SyncReport extends CreateReport {
  /** Null where nothing was changed. */
  readonly branch: string | null;
  readonly commit: string | null;
  readonly pushed: boolean;
  /** For a pull request. */
  readonly title: string | null;
  readonly body: string | null;
}

/** Put what was changed in production on a branch, as migrations, with the text of a pull request. The work tree stays as it is. @throws UserError */
export async function syncFromProd(request: SyncRequest): Promise<SyncReport> {
  const { made, report, folder } = await makeHistory(request);
  const { branch, push } = request;
  const nothing = { ...report, branch: null, commit: null, pushed: false, title: null, body: null };
  if (made.migrations.length === 0) return nothing;
  const { root } = folder;
  const text = pullRequestText(made.migrations, report, previousIn(folder));
  if (!(await isOnBranch(folder, branch, made.migrations))) {
    const files = [...made.migrations.flatMap((migration) => filesOf(folder, migration)), attributesOf(folder)];
    const message = `${text.title}\n\n${report.created.map(({ workflow }) => `- ${workflow}`).join("\n")}\n`;
    await commitOnBranch({ folder: root, branch, message, files });
  }
  if (push) await pushBranch(root, branch);
  const commit = await commitOf(root, branch);
  return { ...report, branch, commit, pushed: push, ...text };
}

function filesOf(folder: MigrationFolder, migration: Migration): NewFile[] {
  const { sql, data } = renderMigration(migration);
  const path = (name: string) => `${relative(folder.root, folder.path)}/${name}`;
  return [
    { path: path(migration.name), text: sql },
    ...(data === undefined ? [] : [{ path: path(dataFile(migration.name)), text: data }]),
  ];
}

function attributesOf(folder: MigrationFolder): NewFile {
  return { path: `${relative(folder.root, folder.path)}/.gitattributes`, text: folder.attributes };
}

/** Whether an earlier run left the very same there: a new one would only have other names. */
async function isOnBranch(folder: MigrationFolder, branch: string, migrations: readonly Migration[]): Promise<boolean> {
  const path = relative(folder.root, folder.path);
  const own = new Set(folder.names().map((name) => `${path}/${name}`));
  const listed = await filesOnBranch(folder.root, branch, path);
  const added = listed.filter((name) => name.endsWith(".sql") && !own.has(name));
  if (added.length !== migrations.length) return false;
  const there = new Set<string>();
  for (const name of added) {
    const text = (await fileOnBranch(folder.root, branch, name)) ?? "";
    const { Content: hash, "Based on": base } = parseHeader(text, name);
    there.add(`${hash} ${base}`);
  }
  return migrations.every(({ hash, basedOn }) => there.has(`${hash} ${basedOn ?? "none"}`));
}

/** The content that a migration was made from. */
function previousIn(folder: MigrationFolder): (migration: Migration) => Content | undefined {
  const files = folder.files();
  return ({ workflowId, basedOn }) =>
    files
      .findLast((file) => {
        const summary = file.summary();
        return summary.workflowId === workflowId && summary.hash === basedOn;
      })
      ?.parse().content;
}
