import { UserError } from "@understudy/core";
import { ownerOf } from "@understudy/n8n";
import { type Connection, carryRows } from "@understudy/postgres";

/** Tables whose rows belong to one workflow, by the column that names it. */
const tables = [
  ["workflow_entity", "id"],
  ["workflow_history", "workflowId"],
  ["workflow_published_version", "workflowId"],
  ["workflows_tags", "workflowId"],
] as const;

/**
 * Make workflows of one n8n database those of another: their content, their versions, whether they are switched on; those that the
 * other lacks go. Whom they are shared with stays; a new one is the owner's. All or nothing.
 */
export async function carryWorkflows(from: Connection, to: Connection, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await to.query("BEGIN");
  try {
    // A workflow names its live version, and a version its workflow.
    await to.query("SET LOCAL session_replication_role = replica");
    for (const [table, column] of await presentTables(to)) {
      await to.query(`DELETE FROM public.${table} WHERE "${column}" = ANY($1)`, [ids]);
      // A tag may be one that the other does not have.
      if (table !== "workflows_tags")
        await carryRows(from, to, { table, where: `"${column}" = ANY($1)`, values: [ids] });
    }
    await to.query(
      `DELETE FROM public.shared_workflow WHERE "workflowId" NOT IN (SELECT id FROM public.workflow_entity)`,
    );
    await shareWithOwner(to, ids);
    await to.query("COMMIT");
  } catch (error) {
    await to.query("ROLLBACK");
    throw error;
  }
}

async function presentTables(session: Connection) {
  const rows = await session.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const present = new Set(rows.map(({ name }) => name));
  return tables.filter(([table]) => present.has(table));
}

async function shareWithOwner(session: Connection, ids: readonly string[]): Promise<void> {
  const owner = await ownerOf(session);
  const [project] = await session.query<{ id: string }>(
    `SELECT "projectId" AS id FROM public.project_relation WHERE "userId" = $1 AND role = 'project:personalOwner'`,
    [owner],
  );
  if (!project)
    throw new UserError("n8n's owner has no project of their own", { next: "Start n8n once, and import again" });
  await session.query(
    `INSERT INTO public.shared_workflow ("workflowId", "projectId", role)
     SELECT id, $2, 'workflow:owner' FROM public.workflow_entity
     WHERE id = ANY($1) AND id NOT IN (SELECT "workflowId" FROM public.shared_workflow)`,
    [ids, project.id],
  );
}
