import { removeRecords, tombstones } from "../books/records.ts";
import type { Entity } from "../entity.ts";
import { keyOf } from "../packet/change.ts";
import { applyRows } from "./apply-rows.ts";
import type { Dialect } from "./dialect.ts";
import type { Work } from "./work.ts";

const batch = 5_000;

/** Remove tombstones up to a version, with rows that are only marked as deleted. One that another row refers to stays. Returns how many went. */
export function* forgetTombstones(dialect: Dialect, entities: ReadonlyMap<string, Entity>, upTo: number): Work<number> {
  let forgotten = 0;
  for (let after = 0; ; ) {
    const some = yield* tombstones(after, upTo, batch);
    const last = some.at(-1);
    if (!last) return forgotten;
    after = last.version;
    yield* dialect.applying(true);
    const { refused } = yield* applyRows(
      dialect,
      entities,
      some.map((one) => ({ ...one, data: null })),
    );
    yield* dialect.applying(false);
    const gone = some.filter((one) => !refused.has(keyOf(one)));
    yield* removeRecords(dialect, gone);
    forgotten += gone.length;
  }
}
