import type { Connection } from "../connect.ts";
import type { Catalog } from "./catalog.ts";
import { readColumns } from "./queries/columns.ts";
import { readComputations } from "./queries/computations.ts";
import { readChecks, readExclusions, readForeignKeys } from "./queries/constraints.ts";
import { readDatabase } from "./queries/database.ts";
import { readNotCarried } from "./queries/not-carried.ts";
import { readRelations } from "./queries/relations.ts";
import { readSequences } from "./queries/sequences.ts";
import { readTriggers } from "./queries/triggers.ts";
import { readUniques } from "./queries/uniques.ts";
import { orderByUse } from "./queries/view-order.ts";

/**
 * Read a database's catalog, by a fixed number of queries however large it is. Postgres 14 or newer; for superusers.
 * Afterwards the session's search_path is empty, so that types and expressions are told with their schemas, and jit is off,
 * as compiling these queries takes longer than all of them.
 */
export async function readCatalog(connection: Connection): Promise<Catalog> {
  await connection.query(
    "SELECT pg_catalog.set_config('search_path', '', false), pg_catalog.set_config('jit', 'off', false)",
  );
  const database = await readDatabase(connection);
  const relations = await orderByUse(connection, await readRelations(connection));
  const columns = await readColumns(connection);
  const uniques = await readUniques(connection);
  const computations = await readComputations(connection);
  const exclusions = await readExclusions(connection);
  const checks = await readChecks(connection);
  const foreignKeys = await readForeignKeys(connection);
  const triggers = await readTriggers(connection);
  return {
    ...database,
    tables: relations.map(({ oid, ...relation }) => ({
      ...relation,
      columns: columns.get(oid),
      uniques: uniques.get(oid),
      computations: computations.get(oid),
      exclusions: exclusions.get(oid),
      checks: checks.get(oid),
      foreignKeys: foreignKeys.get(oid),
      triggers: triggers.get(oid),
    })),
    sequences: await readSequences(connection),
    notCarried: await readNotCarried(connection),
  };
}
