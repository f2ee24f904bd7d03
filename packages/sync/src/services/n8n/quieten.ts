import type { Connection } from "@understudy/postgres";
import type { ServiceContext } from "../service-data.ts";
import { dueTables, secretTables } from "./schema.ts";

/** States of an execution that n8n goes on with when it starts. */
export const unfinished = ["new", "running", "waiting", "unknown"];

/** Nothing of the copy runs by itself afterwards but the workflows that the policy names. */
export async function quieten({ incoming, production, n8n }: ServiceContext): Promise<void> {
  const allowed = await allowedWorkflows(production, n8n.activeWorkflows);
  for (const table of [...dueTables, ...secretTables]) await incoming.query(`DELETE FROM public.${table}`);
  await incoming.query(`UPDATE public.workflow_entity SET "pinData" = NULL, "staticData" = NULL`);
  await incoming.query(
    `UPDATE public.workflow_entity SET active = false, "activeVersionId" = NULL, "triggerCount" = 0 WHERE id <> ALL($1)`,
    [allowed],
  );
  await incoming.query(`DELETE FROM public.workflow_published_version WHERE "workflowId" <> ALL($1)`, [allowed]);
  await incoming.query(`UPDATE public.agents SET "activeVersionId" = NULL`);
  await incoming.query(`UPDATE public.credentials_entity SET "isResolvable" = false, "resolverId" = NULL`);
  await incoming.query(
    `UPDATE public.execution_entity SET status = 'canceled', finished = false, "waitTill" = NULL,
       "stoppedAt" = coalesce("stoppedAt", now())
     WHERE status = ANY($1) OR "waitTill" IS NOT NULL`,
    [unfinished],
  );
}

/** Their ids, by the names that they have in production: the copy's may be masked. */
export async function allowedWorkflows(production: Connection, names: readonly string[]): Promise<string[]> {
  const rows = await production.query<{ id: string }>("SELECT id FROM public.workflow_entity WHERE name = ANY($1)", [
    names,
  ]);
  return rows.map(({ id }) => id);
}
