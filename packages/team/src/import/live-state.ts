import { describeDatabase } from "@understudy/backup";
import { databaseProperties, listDatabases, type Side } from "@understudy/data";
import type { Metadata } from "../archive/metadata.ts";
import { describeWorkflow, readWorkflows } from "../export/workflows.ts";
import { keptDatabases } from "../kept.ts";
import { leftOutOf } from "../services.ts";

/** An environment's tables and workflows as they are now, to compare with an archive's. Reads all of them. */
export async function liveState(side: Side): Promise<Pick<Metadata, "databases" | "workflows">> {
  const databases: Metadata["databases"] = [];
  const kept = keptDatabases(side.stack);
  for (const name of await listDatabases(side.server)) {
    if (kept.has(name)) continue;
    await using session = await side.server.connect(name);
    const { tables, ...description } = await describeDatabase(session);
    const leftOut = leftOutOf(name);
    databases.push({
      ...{ name, leftOut, roles: [], migration: null, sequences: [], properties: await databaseProperties(session) },
      ...description,
      tables: tables.filter(({ id }) => !leftOut.includes(id)),
    });
  }
  return { databases, workflows: (await readWorkflows(side)).map(describeWorkflow) };
}
