import { quoteName } from "@understudy/postgres";
import type { StoredVersion, StoredWorkflow } from "../content/stored.ts";
import type { N8nTables } from "./tables.ts";

/** Which workflows. Archived ones count. */
export interface WorkflowFilter {
  readonly ids?: readonly string[];
  readonly name?: string;
  /** Saved at this moment or later. */
  readonly savedSince?: Date;
}

/** Rows that are in memory at a time. */
const batch = 100;

/** Workflows with everything that travels of them, in the order of their ids, some at a time. */
export async function* readWorkflows(tables: N8nTables, filter: WorkflowFilter): AsyncGenerator<StoredWorkflow> {
  const ids = await findWorkflows(tables, filter);
  for (let from = 0; from < ids.length; from += batch) {
    yield* await tables.session.query<StoredWorkflow>(`${selectWorkflows(tables)} WHERE w.id = ANY($1) ORDER BY w.id`, [
      ids.slice(from, from + batch),
    ]);
  }
}

/** One workflow, locked until the transaction ends; undefined when it is not there. */
export async function lockWorkflow(tables: N8nTables, id: string): Promise<StoredWorkflow | undefined> {
  const [row] = await tables.session.repeat<StoredWorkflow>(
    `${selectWorkflows(tables)} WHERE w.id = $1 FOR UPDATE OF w`,
    [id],
  );
  return row;
}

/** A workflow's name and when it was saved. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly updatedAt: Date;
}

/** Every workflow, by name. */
export async function listWorkflows({ session, of }: N8nTables): Promise<Listed[]> {
  return await session.query<Listed>(
    `SELECT id, name, "isArchived", "updatedAt" FROM ${of("workflow_entity")} ORDER BY name, id`,
  );
}

/** What runs of each live workflow: its version's id, and what is in it. */
export async function readLiveVersions(
  { session, of, has }: N8nTables,
  ids: readonly string[],
): Promise<(StoredVersion & { readonly workflowId: string; readonly versionId: string })[]> {
  const groups = has("workflow_history", "nodeGroups") ? `h."nodeGroups"` : "NULL";
  return await session.query(
    `SELECT w.id AS "workflowId", h."versionId", h.nodes, h.connections, ${groups} AS "nodeGroups"
     FROM ${of("workflow_entity")} w JOIN ${of("workflow_history")} h ON h."versionId" = w."activeVersionId"
     WHERE w.id = ANY($1)`,
    [ids],
  );
}

/** One version of a workflow, while n8n keeps it. */
export async function readVersion(
  { session, of, has }: N8nTables,
  workflowId: string,
  versionId: string,
): Promise<StoredVersion | undefined> {
  const groups = has("workflow_history", "nodeGroups") ? `"nodeGroups"` : `NULL AS "nodeGroups"`;
  const [row] = await session.query<StoredVersion>(
    `SELECT nodes, connections, ${groups} FROM ${of("workflow_history")} WHERE "workflowId" = $1 AND "versionId" = $2`,
    [workflowId, versionId],
  );
  return row;
}

async function findWorkflows({ session, of }: N8nTables, { ids, name, savedSince }: WorkflowFilter): Promise<string[]> {
  const rows = await session.query<{ id: string }>(
    `SELECT id FROM ${of("workflow_entity")}
     WHERE ($1::text[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR name = $2)
       AND ($3::timestamptz IS NULL OR "updatedAt" >= $3) ORDER BY id`,
    [ids ?? null, name ?? null, savedSince ?? null],
  );
  return rows.map(({ id }) => id);
}

/** A workflow that lies in a folder has that folder's name, and those of the folders round it. */
function selectWorkflows({ of, has }: N8nTables): string {
  const column = (name: string) => (has("workflow_entity", name) ? `w.${quoteName(name)}` : "NULL");
  const folder = has("folder", "parentFolderId")
    ? `coalesce((WITH RECURSIVE around AS (
         SELECT f.name::text AS name, f."parentFolderId" AS parent, 1 AS depth FROM ${of("folder")} f WHERE f.id = w."parentFolderId"
         UNION ALL
         SELECT f.name::text, f."parentFolderId", depth + 1 FROM around JOIN ${of("folder")} f ON f.id = around.parent
       ) SELECT array_agg(name ORDER BY depth DESC) FROM around), '{}')`
    : "'{}'::text[]";
  return `SELECT w.id, w.name, ${column("description")} AS description, w.nodes, w.connections, ${column("nodeGroups")} AS "nodeGroups",
      w.settings, w."isArchived", w."activeVersionId", w."versionId", w."updatedAt",
      ARRAY(SELECT t.name::text FROM ${of("workflows_tags")} m JOIN ${of("tag_entity")} t ON t.id = m."tagId"
        WHERE m."workflowId" = w.id) AS tags,
      ${folder} AS folder,
      (SELECT p.name FROM ${of("shared_workflow")} s JOIN ${of("project")} p ON p.id = s."projectId"
        WHERE s."workflowId" = w.id AND s.role = 'workflow:owner' AND p.type = 'team' LIMIT 1) AS "teamProject"
    FROM ${of("workflow_entity")} w`;
}
