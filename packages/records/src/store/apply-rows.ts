import type { Entity } from "../entity.ts";
import { keyOf, type RecordKey } from "../packet/change.ts";
import type { Row } from "../values/kind.ts";
import type { Dialect } from "./dialect.ts";
import { attempt, type Work } from "./work.ts";

/** What becomes of a row; null: it goes. */
export interface Effect extends RecordKey {
  readonly data: Row | null;
}

export interface Applied {
  /** Rows as they are stored now, by record. */
  readonly stored: ReadonlyMap<string, Row>;
  /** What could not be written, by record, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Write rows: all at once; where a constraint refuses that, one by one, and then those that were refused together, as they may
 * only fit together. What a constraint refuses is told of; the rest is written.
 */
export function* applyRows(
  dialect: Dialect,
  entities: ReadonlyMap<string, Entity>,
  effects: readonly Effect[],
): Work<Applied> {
  const stored = new Map<string, Row>();
  let refused = new Map<string, string>();
  const tryAll = function* (some: readonly Effect[]): Work<string | undefined> {
    try {
      yield* attempt(() =>
        dialect.together(
          () => writeAll(dialect, entities, some, stored),
          () => removeAll(dialect, entities, some),
        ),
      );
      return undefined;
    } catch (error) {
      const why = dialect.violation(error);
      if (why === undefined) throw error;
      return why;
    }
  };
  if (effects.length === 0 || (yield* tryDirectly(dialect, entities, effects, stored))) return { stored, refused };
  for (let left = effects; left.length > 0; ) {
    const again: Effect[] = [];
    const reasons = new Map<string, string>();
    for (const effect of left) {
      const why = yield* tryAll([effect]);
      if (why === undefined) continue;
      again.push(effect);
      reasons.set(keyOf(effect), why);
    }
    refused = reasons;
    // What was written may have made room for what was refused before it.
    if (again.length === 0 || again.length === left.length) {
      if (again.length > 1 && (yield* tryAll(again)) === undefined) refused = new Map();
      break;
    }
    left = again;
  }
  return { stored, refused };
}

function* tryDirectly(
  dialect: Dialect,
  entities: ReadonlyMap<string, Entity>,
  effects: readonly Effect[],
  stored: Map<string, Row>,
): Work<boolean> {
  try {
    yield* attempt(() =>
      dialect.together(
        () => writeAll(dialect, entities, effects, stored),
        function* () {},
      ),
    );
    return true;
  } catch (error) {
    if (dialect.violation(error) === undefined) throw error;
    stored.clear();
    return false;
  }
}

function* writeAll(
  dialect: Dialect,
  entities: ReadonlyMap<string, Entity>,
  effects: readonly Effect[],
  stored: Map<string, Row>,
): Work<void> {
  const gone = effects.filter(({ data }) => data === null);
  yield* removeAll(dialect, entities, gone);
  for (const [name, group] of Map.groupBy(effects, ({ entity_type }) => entity_type)) {
    const rows = group.flatMap(({ data }) => (data ? [data] : []));
    const entity = entities.get(name);
    if (!entity || rows.length === 0) continue;
    for (const [uuid, row] of yield* dialect.writeRows(entity, rows)) {
      stored.set(keyOf({ entity_type: name, entity_uuid: uuid }), row);
    }
  }
}

function* removeAll(dialect: Dialect, entities: ReadonlyMap<string, Entity>, keys: readonly RecordKey[]): Work<void> {
  for (const [name, group] of Map.groupBy(keys, ({ entity_type }) => entity_type)) {
    const entity = entities.get(name);
    if (entity)
      yield* dialect.removeRows(
        entity,
        group.map(({ entity_uuid }) => entity_uuid),
      );
  }
}

/** Rows of records, of whatever entities they are. Those of entities that are not here have none. */
export function* rowsOfRecords(
  dialect: Dialect,
  entities: ReadonlyMap<string, Entity>,
  keys: readonly RecordKey[],
  hold = false,
): Work<Map<string, Row>> {
  const rows = new Map<string, Row>();
  const byType = [...Map.groupBy(keys, ({ entity_type }) => entity_type)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, group] of byType) {
    const entity = entities.get(name);
    if (!entity) continue;
    const uuids = group.map(({ entity_uuid }) => entity_uuid);
    for (const [uuid, row] of yield* dialect.readRows(entity, uuids, hold)) {
      rows.set(keyOf({ entity_type: name, entity_uuid: uuid }), row);
    }
  }
  return rows;
}
