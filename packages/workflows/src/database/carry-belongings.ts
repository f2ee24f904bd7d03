import type { Connection } from "@understudy/postgres";
import { carryMetadata } from "./metadata.ts";
import { ensureOwner, placeInFolder, setTags } from "./place.ts";
import { readWorkflows } from "./read-workflows.ts";
import { openTables } from "./tables.ts";

/**
 * Give workflows whose rows were carried from one n8n's database into another what belongs to them there: an owner where they have none,
 * folder and tags by their names, and what is noted of their migrations. In the transaction that is open.
 * @throws UserError for a database that is not an n8n's that is known here, or that has no owner
 */
export async function carryBelongings(from: Connection, to: Connection, ids: readonly string[]): Promise<void> {
  const [source, target] = [await openTables(from), await openTables(to)];
  for await (const { id, teamProject, ...content } of readWorkflows(source, { ids })) {
    const project = await ensureOwner(target, id, teamProject ?? undefined);
    await placeInFolder(target, id, content, project);
    await setTags(target, id, content);
  }
  await carryMetadata(source, target, ids);
}
