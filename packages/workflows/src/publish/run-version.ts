import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import type { N8n } from "@understudy/n8n";
import type { N8nTables } from "../database/tables.ts";

export interface RunningN8n {
  readonly tables: N8nTables;
  api(): Promise<Pick<N8n, "activate" | "deactivate">>;
}

/** How long n8n may take to start the triggers of a workflow, which may ask other services first; ms. */
const patience = 60_000;

/**
 * Let n8n run one version of a workflow. Ends when its triggers listen.
 * @param version null: none
 * @throws UserError when n8n does not take it, or cannot start its triggers
 */
export async function runVersion(
  { tables, api }: RunningN8n,
  workflowId: string,
  version: string | null,
): Promise<void> {
  const n8n = await api();
  const [began] = await tables.session.query<{ at: Date }>("SELECT CURRENT_TIMESTAMP(3) AS at");
  if (version === null) await n8n.deactivate(workflowId);
  else await n8n.activate(workflowId, version);
  if (began) await untilPublished(tables, workflowId, began.at);
}

/** n8n answers as soon as it has noted what it is to publish, and does it a moment later. Versions that did it at once have no such notes. */
async function untilPublished({ session, of, has }: N8nTables, workflowId: string, since: Date): Promise<void> {
  if (!has("workflow_publication_outbox", "status")) return;
  for (const deadline = performance.now() + patience; ; await sleep(50)) {
    const [note] = await session.query<{ status: string; errorMessage: string | null }>(
      `SELECT status, "errorMessage" FROM ${of("workflow_publication_outbox")}
       WHERE "workflowId" = $1 AND "updatedAt" >= $2 ORDER BY id DESC LIMIT 1`,
      [workflowId, since],
    );
    if (!note || note.status === "completed") return;
    const isTried = note.status !== "pending" && note.status !== "in_progress";
    if (!isTried && performance.now() < deadline) continue;
    const why = isTried ? (note.errorMessage ?? note.status) : `not within ${patience / 1000} s`;
    throw new UserError(`n8n could not start its triggers: ${why}`, { next: "See pnpm logs n8n" });
  }
}
