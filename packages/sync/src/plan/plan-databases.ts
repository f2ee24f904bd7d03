import type { Server } from "@understudy/data";
import { readCatalog } from "@understudy/postgres";
import { holdDefinitions, openSource, type Source } from "../copy/source.ts";
import { openSessions } from "../in-parallel.ts";
import { chooseDatabases } from "../policy/choose-databases.ts";
import type { Policy } from "../policy/policy.ts";
import { type DatabasePlan, databasePlan } from "./database-plan.ts";
import { keepEverything } from "./keep-everything.ts";
import { pinTime } from "./pin-time.ts";
import { probeMasks } from "./probe-masks.ts";
import { describeUndecided } from "./resolve/describe.ts";
import { own } from "./resolve/effective-rules.ts";
import { findFailures } from "./resolve/find-failures.ts";
import type { Resolution } from "./resolve/resolution.ts";
import { resolveDatabase } from "./resolve/resolve-database.ts";
import { findUnknownPaths } from "./resolve/unknown-paths.ts";
import { subset } from "./subset/subset.ts";
import { tryUniques } from "./try-uniques.ts";

export interface DatabasesRequest {
  /** Only these; undefined: all that production has. */
  readonly databases: readonly string[] | undefined;
  readonly key: string;
  readonly parallel: number;
  readonly unmasked: boolean;
  /** Share of the rows, 0 to 1. */
  readonly sample: number | undefined;
  /** When it is for conditions of the policy, ISO 8601. */
  readonly now: string;
}

/** One database: held still in production, and what happens to it. */
export interface PlannedDatabase {
  readonly source: Source;
  readonly plan: DatabasePlan;
}

/**
 * Hold production's databases still and decide everything in them by the policy. Only reads.
 * @param opened what was opened for it, to be closed by the caller
 * @throws UserError naming all that the policy does not know, or what cannot hold.
 */
export async function planDatabases(
  production: Server,
  policy: Policy,
  request: DatabasesRequest,
  opened: AsyncDisposableStack,
): Promise<PlannedDatabase[]> {
  const names = await chooseDatabases(production, request.databases);
  const sources: Source[] = [];
  for (const name of names) sources.push(opened.use(await openSource(production, name, request.key)));
  const resolved = await Promise.all(sources.map((source) => resolve(production, source, policy, request)));
  const undecided = resolved.filter(({ unknown, refused }) => unknown.length + refused.length > 0);
  if (undecided.length) throw describeUndecided(undecided);
  return await Promise.all(resolved.map((resolution) => plan(resolution, policy, request)));
}

type Resolved = Awaited<ReturnType<typeof resolve>>;

/** Decide everything in a database whose definitions are held. */
async function resolve(
  production: Server,
  source: Source,
  policy: Policy,
  { unmasked, parallel }: Pick<DatabasesRequest, "unmasked" | "parallel">,
) {
  const catalog = await readCatalog(source.session);
  await holdDefinitions(production, source, catalog.tables);
  const notes = catalog.notCarried.map(({ kind, name }) => `${source.database}: ${kind} ${name} is not carried`);
  if (unmasked) {
    const kept: Resolution = {
      database: source.database,
      tables: keepEverything(catalog),
      unknown: [],
      refused: [],
      notes,
    };
    return { ...kept, source, catalog };
  }
  const decided = resolveDatabase(own(policy.databases, source.database), catalog);
  await using opened = new AsyncDisposableStack();
  const readers = await openSessions(source.newReader, parallel, opened);
  const tables = [...decided.tables, ...(decided.partial ?? [])];
  const unknown = [...decided.unknown, ...(await findUnknownPaths(readers, tables))];
  const refused = [...decided.refused, ...(await findFailures(source.session, tables))];
  return { ...decided, source, catalog, unknown, refused, notes: [...decided.notes, ...notes] };
}

/** Choose the rows of what was decided, and try the masks on them. */
async function plan(resolved: Resolved, policy: Policy, request: DatabasesRequest): Promise<PlannedDatabase> {
  const { source, catalog, notes } = resolved;
  const pinned = resolved.tables.map((table) => ({
    ...table,
    where: table.where && pinTime(table.where, request.now),
  }));
  const tables = subset(pinned, request.sample);
  await using reader = await source.newReader();
  await probeMasks(reader, tables);
  await tryUniques(reader, tables);
  const largeObjects = request.unmasked || own(policy.databases, source.database)?.largeObjects === "keep";
  return { source, plan: databasePlan(catalog, tables, { parallel: request.parallel, largeObjects, notes }) };
}
