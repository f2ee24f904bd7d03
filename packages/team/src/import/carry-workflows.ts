import { registrationTables } from "@understudy/n8n";
import { type Connection, carryRows } from "@understudy/postgres";
import { carryBelongings } from "@understudy/workflows/carry-belongings";

export interface CarryOptions {
  readonly ids: readonly string[];
  /** Credentials, too, that they name and the other lacks: both databases have the same keys. */
  readonly withCredentials: boolean;
  /** Names of workflows that may be live where they were not; undefined: all. */
  readonly mayBeLive: readonly string[] | undefined;
}

/** Tables whose rows belong to one workflow, by the column that names it. */
const tables = [
  ["workflow_entity", "id"],
  ["workflow_history", "workflowId"],
  ["workflow_published_version", "workflowId"],
] as const;

/** The same, but not to be carried: tags go by their names, and n8n registers anew what is live. */
const madeAnew = ["workflows_tags", ...registrationTables];

/**
 * Make workflows of one n8n database those of another: their content, versions, folder, tags, what is noted of their migrations, whether
 * they are switched on. Those that the other lacks go. Whom they are shared with stays; a new one is the owner's. All or nothing.
 * @returns names of those that are off now, and may not be live
 * @throws UserError for a database that is not an n8n's that is known here
 */
export async function carryWorkflows(
  from: Connection,
  to: Connection,
  { ids, withCredentials, mayBeLive }: CarryOptions,
): Promise<string[]> {
  if (ids.length === 0) return [];
  await to.query("BEGIN");
  try {
    const wereLive = await idsOf(to, `id = ANY($1) AND (active OR "activeVersionId" IS NOT NULL)`, ids);
    const there = await idsOf(from, "id = ANY($1)", ids);
    const gone = ids.filter((id) => !there.includes(id));
    await remove(to, gone);
    await carryContent(from, to, there);
    await carryBelongings(from, to, ids);
    if (withCredentials) await carryCredentials(from, to, there);
    const off = mayBeLive ? await switchOff(to, there, { wereLive, mayBeLive }) : [];
    await to.query("COMMIT");
    return off;
  } catch (error) {
    await to.query("ROLLBACK");
    throw error;
  }
}

async function idsOf(session: Connection, where: string, ids: readonly string[]): Promise<string[]> {
  const rows = await session.query<{ id: string }>(`SELECT id FROM public.workflow_entity WHERE ${where}`, [ids]);
  return rows.map(({ id }) => id);
}

/** With everything that hangs on them. */
async function remove(to: Connection, ids: readonly string[]): Promise<void> {
  // A live one is held by its version.
  await to.query(`UPDATE public.workflow_entity SET active = false, "activeVersionId" = NULL WHERE id = ANY($1)`, [
    ids,
  ]);
  await to.query("DELETE FROM public.workflow_entity WHERE id = ANY($1)", [ids]);
}

/** Rows of the workflows themselves; what hangs on them stays. */
async function carryContent(from: Connection, to: Connection, ids: readonly string[]): Promise<void> {
  const present = await presentTables(to);
  // A workflow names its live version, and a version its workflow.
  await to.query("SET LOCAL session_replication_role = replica");
  for (const table of madeAnew.filter((name) => present.has(name))) {
    await to.query(`DELETE FROM public.${table} WHERE "workflowId" = ANY($1)`, [ids]);
  }
  for (const [table, column] of tables.filter(([name]) => present.has(name))) {
    await to.query(`DELETE FROM public.${table} WHERE "${column}" = ANY($1)`, [ids]);
    await carryRows(from, to, { table, where: `"${column}" = ANY($1)`, values: [ids] });
  }
  await to.query("SET LOCAL session_replication_role = origin");
}

async function presentTables(session: Connection): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  return new Set(rows.map(({ name }) => name));
}

/** Credentials that nodes of workflows name, whose they are being the owner's of the workflow. */
async function carryCredentials(from: Connection, to: Connection, ids: readonly string[]): Promise<void> {
  const named = await to.query<{ id: string; workflow: string }>(
    `SELECT DISTINCT ON (1) credential.value ->> 'id' AS id, w.id AS workflow
     FROM public.workflow_entity w, json_array_elements(w.nodes) AS node,
       json_each(CASE json_typeof(node -> 'credentials') WHEN 'object' THEN node -> 'credentials' ELSE '{}' END) AS credential
     WHERE w.id = ANY($1) AND credential.value ->> 'id' NOT IN (SELECT id FROM public.credentials_entity) ORDER BY 1, 2`,
    [ids],
  );
  for (const { id, workflow } of named) {
    await carryRows(from, to, { table: "credentials_entity", where: "id = $1", values: [id] });
    await to.query(
      `INSERT INTO public.shared_credentials ("credentialsId", "projectId", role)
       SELECT c.id, s."projectId", 'credential:owner' FROM public.credentials_entity c, public.shared_workflow s
       WHERE c.id = $1 AND s."workflowId" = $2 AND s.role = 'workflow:owner'`,
      [id, workflow],
    );
  }
}

/** In a copy of production's data nothing goes live that its policy does not name. @returns names of what would have */
async function switchOff(
  to: Connection,
  ids: readonly string[],
  { wereLive, mayBeLive }: { readonly wereLive: readonly string[]; readonly mayBeLive: readonly string[] },
): Promise<string[]> {
  const off = await to.query<{ id: string; name: string }>(
    `UPDATE public.workflow_entity SET active = false, "activeVersionId" = NULL, "triggerCount" = 0
     WHERE id = ANY($1) AND id <> ALL($2) AND name <> ALL($3) AND (active OR "activeVersionId" IS NOT NULL)
     RETURNING id, name`,
    [ids, wereLive, mayBeLive],
  );
  const present = await presentTables(to);
  if (present.has("workflow_published_version")) {
    await to.query(`DELETE FROM public.workflow_published_version WHERE "workflowId" = ANY($1)`, [
      off.map(({ id }) => id),
    ]);
  }
  return off.map(({ name }) => name);
}
