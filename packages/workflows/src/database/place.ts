import { UserError } from "@understudy/core";
import type { Content } from "../content/content.ts";
import type { N8nTables } from "./tables.ts";

/** Give a workflow that has no owner yet one: the team's project of that name, else the person's who owns the instance. @returns the project's id */
export async function ensureOwner(
  { session, of }: N8nTables,
  workflowId: string,
  project: string | undefined,
): Promise<string> {
  const [owner] = await session.repeat<{ projectId: string }>(
    `SELECT "projectId" FROM ${of("shared_workflow")} WHERE "workflowId" = $1 AND role = 'workflow:owner'`,
    [workflowId],
  );
  if (owner) return owner.projectId;
  const [made] = await session.repeat<{ projectId: string }>(
    `INSERT INTO ${of("shared_workflow")} ("workflowId", "projectId", role)
     SELECT $1, p.id, 'workflow:owner' FROM ${of("project")} p
     LEFT JOIN ${of("project_relation")} r ON r."projectId" = p.id AND r.role = 'project:personalOwner'
     LEFT JOIN ${of("user")} u ON u.id = r."userId"
     WHERE (p.type = 'team' AND p.name = $2) OR (p.type = 'personal' AND u."roleSlug" = 'global:owner')
     ORDER BY p.type = 'team' DESC, u."createdAt", p.id LIMIT 1
     RETURNING "projectId"`,
    [workflowId, project ?? null],
  );
  if (made) return made.projectId;
  throw new UserError("n8n has no owner yet, to whom workflows could belong", {
    next: "A deploy makes one; or set n8n up in its own page",
  });
}

/** Put a workflow into the folder of that path, which is made where it is missing. */
export async function placeInFolder(
  tables: N8nTables,
  workflowId: string,
  { folder }: Pick<Content, "folder">,
  projectId: string,
): Promise<void> {
  const { session, of, has } = tables;
  if (!has("folder", "parentFolderId") || !has("workflow_entity", "parentFolderId")) {
    if (folder.length === 0) return;
    throw new UserError(`This n8n has no folders, and the workflow lies in ${folder.join(" / ")}`, {
      next: "Update n8n, or take the workflow out of its folder and make the migration anew",
    });
  }
  let parent: string | null = null;
  for (const name of folder) parent = await ensureFolder(tables, { name, parent, projectId });
  await session.repeat(
    `UPDATE ${of("workflow_entity")} SET "parentFolderId" = $2 WHERE id = $1 AND "parentFolderId" IS DISTINCT FROM $2`,
    [workflowId, parent],
  );
}

async function ensureFolder(
  { session, of }: N8nTables,
  { name, parent, projectId }: { readonly name: string; readonly parent: string | null; readonly projectId: string },
): Promise<string> {
  const [found] = await session.query<{ id: string }>(
    `SELECT id FROM ${of("folder")}
     WHERE name = $1 AND "projectId" = $2 AND "parentFolderId" IS NOT DISTINCT FROM $3 ORDER BY id LIMIT 1`,
    [name, projectId, parent],
  );
  if (found) return found.id;
  const [made] = await session.query<{ id: string }>(
    `INSERT INTO ${of("folder")} (id, name, "parentFolderId", "projectId") VALUES (gen_random_uuid(), $1, $3, $2) RETURNING id`,
    [name, projectId, parent],
  );
  return made?.id ?? "";
}

/** Let a workflow have these tags, which are made where they are missing. */
export async function setTags(
  { session, of }: N8nTables,
  workflowId: string,
  { tags }: Pick<Content, "tags">,
): Promise<void> {
  await session.query(
    `INSERT INTO ${of("tag_entity")} (id, name)
     SELECT left(replace(gen_random_uuid()::text, '-', ''), 16), wanted.name FROM unnest($1::text[]) AS wanted (name)
     WHERE NOT EXISTS (SELECT FROM ${of("tag_entity")} t WHERE t.name = wanted.name)`,
    [tags],
  );
  await session.query(
    `DELETE FROM ${of("workflows_tags")} WHERE "workflowId" = $1 AND "tagId" NOT IN (SELECT id FROM ${of("tag_entity")} WHERE name = ANY($2))`,
    [workflowId, tags],
  );
  await session.query(
    `INSERT INTO ${of("workflows_tags")} ("workflowId", "tagId")
     SELECT $1::text, id FROM ${of("tag_entity")} WHERE name = ANY($2) ON CONFLICT DO NOTHING`,
    [workflowId, tags],
  );
}
