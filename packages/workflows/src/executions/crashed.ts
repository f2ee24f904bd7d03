import type { N8nTables } from "../database/tables.ts";

/** An execution that ended with the process of n8n that it ran in. */
export interface Crashed {
  readonly id: string;
  readonly workflow: string;
  /** When n8n found it; ISO 8601. */
  readonly at: string;
}

/** Those that nobody tried again, the oldest first. @param hours how far back is looked */
export async function readCrashed(tables: N8nTables, hours: number): Promise<Crashed[]> {
  const executions = tables.of("execution_entity");
  const rows = await tables.session.query<{ id: string; workflow: string | null; at: string }>(
    `SELECT one.id::text AS id, workflow.name AS workflow, to_json(one."stoppedAt")#>>'{}' AS at
     FROM ${executions} AS one LEFT JOIN ${tables.of("workflow_entity")} AS workflow ON workflow.id = one."workflowId"
     WHERE one.status = 'crashed' AND one."deletedAt" IS NULL AND one."stoppedAt" > now() - make_interval(hours => $1)
       AND NOT EXISTS (SELECT FROM ${executions} AS again WHERE again."retryOf" = one.id::text)
     ORDER BY one.id`,
    [hours],
  );
  return rows.map(({ id, workflow, at }) => ({ id, workflow: workflow ?? "unknown", at }));
}

/** What became of trying an execution again: the newest try and its state in n8n's words; undefined when none was begun. */
export async function readRetry(
  tables: N8nTables,
  id: string,
): Promise<{ readonly id: string; readonly status: string } | undefined> {
  const [row] = await tables.session.query<{ id: string; status: string }>(
    `SELECT id::text AS id, status FROM ${tables.of("execution_entity")} WHERE "retryOf" = $1 ORDER BY id DESC LIMIT 1`,
    [id],
  );
  return row;
}
