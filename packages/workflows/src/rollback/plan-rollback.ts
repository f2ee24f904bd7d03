import type { Content } from "../content/content.ts";
import { isLarge, type Migration } from "../file/migration.ts";
import { fileName } from "../file/name.ts";

/** A migration that is to be taken back, and the content that was there before it. */
export interface TakenBack {
  readonly migration: Migration;
  /** Undefined where the workflow came with it. */
  readonly before: { readonly content: Content; readonly hash: string } | undefined;
}

export interface RollbackNames {
  readonly timestamp: string;
  readonly taken: ReadonlySet<string>;
}

/**
 * New migrations that bring workflows back to what they were. Those that came with what is taken back are not deleted: they are named
 * instead. Pure.
 * @param takenBack in the order in which they were applied; of each workflow, back to before the first
 */
export function planRollback(
  takenBack: readonly TakenBack[],
  { timestamp, taken }: RollbackNames,
): { readonly migrations: readonly Migration[]; readonly stay: readonly Migration[] } {
  const names = new Set(taken);
  const migrations: Migration[] = [];
  const stay: Migration[] = [];
  for (const [, group] of Map.groupBy(takenBack, ({ migration }) => migration.workflowId)) {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) continue;
    const { before } = first;
    if (!before) {
      stay.push(last.migration);
      continue;
    }
    if (before.hash === last.migration.hash) continue;
    const name = fileName({ timestamp, title: `rollback ${before.content.name}`, fromProduction: false }, names);
    names.add(name);
    migrations.push({
      ...last.migration,
      name,
      basedOn: last.migration.hash,
      hash: before.hash,
      content: before.content,
      // What runs goes on running, as it was.
      publish: false,
      notes: `Takes back ${group.map(({ migration }) => migration.name).join(", ")}`,
      isLarge: isLarge(before.content),
    });
  }
  return { migrations, stay };
}
