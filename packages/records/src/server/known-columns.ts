import type { Entity } from "../entity.ts";
import type { Change } from "../packet/change.ts";
import { SyncError } from "../sync-error.ts";

/** @throws SyncError 426 for a table or column that the server does not have: to leave it out would lose it */
export function assertKnown(
  changes: readonly Pick<Change, "entity_type" | "data">[],
  entities: ReadonlyMap<string, Entity>,
): void {
  for (const { entity_type, data } of changes) {
    const entity = entities.get(entity_type);
    if (!entity) throw mismatch(`The server has no records of type "${entity_type}"`, entity_type);
    const names = new Set(entity.columns.map(({ name }) => name));
    const unknown = Object.keys(data ?? {}).find((column) => !names.has(column));
    if (unknown !== undefined)
      throw mismatch(`The server's "${entity_type}" has no column "${unknown}"`, `${entity_type}.${unknown}`);
  }
}

/** Additive differences within a major version are fine. @throws SyncError 426 for another major version */
export function assertSchema(theirs: string, ours: string): void {
  const major = (version: string) => version.split(".")[0];
  if (major(theirs) === major(ours)) return;
  throw mismatch(`The node has schema version ${theirs}, and the server ${ours}`, "schema_version");
}

function mismatch(message: string, field: string): SyncError {
  return new SyncError(426, "schema-mismatch", message, "Upgrade the older of the two; nothing is lost meanwhile", {
    field,
  });
}
