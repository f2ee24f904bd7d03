import { type Connection, quoteName, readCatalog, readDigest, readStructure, type Table } from "@understudy/postgres";
import type { DescribedDatabase } from "../manifest/manifest.ts";

/** What proves a database, whichever server it is on. */
export type DatabaseDescription = Pick<DescribedDatabase, "tables" | "structure" | "largeObjects">;

/** Read all of a database on its server, which sends only sums. */
export async function describeDatabase(
  session: Connection,
  report: (line: string) => void = () => {},
): Promise<DatabaseDescription> {
  const catalog = await readCatalog(session);
  const tables: DescribedDatabase["tables"] = [];
  for (const table of catalog.tables.filter(isDumped)) {
    report(table.id);
    const { rows, together, columns } = await readDigest(session, { table, values: valuesOf(table) });
    tables.push({ id: table.id, rows: `${rows}`, together: `${together}`, columns: columns.map(String) });
  }
  return {
    tables,
    structure: Object.fromEntries(await readStructure(session)),
    largeObjects: catalog.largeObjects,
  };
}

/** Rows that pg_dump carries, as far as they are known: an extension's tables are its own matter, views are computed. */
function isDumped({ kind, extension }: Table): boolean {
  return extension === undefined && (kind === "table" || kind === "partition");
}

function valuesOf({ columns }: Table) {
  return columns
    .filter(({ generated }) => !generated)
    .map(({ name, shape }) => ({ expression: quoteName(name), shape }));
}
