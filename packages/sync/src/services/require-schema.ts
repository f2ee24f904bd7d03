import { UserError } from "@understudy/core";
import type { Connection } from "@understudy/postgres";

/** Columns that are named in SQL, by table of the schema public. */
export type NamedColumns = Readonly<Record<string, readonly string[]>>;

/** Versions of a service's database that were looked at, as it names its last migration. */
export interface KnownVersions {
  readonly service: string;
  /** SQL that gives one row with the column `migration`. */
  readonly query: string;
  /** Last migration to release. */
  readonly releases: Readonly<Record<string, string>>;
}

/** @throws UserError when the database was last migrated by a release that is not known. */
export async function requireVersion(
  connection: Connection,
  { service, query, releases }: KnownVersions,
): Promise<void> {
  const [row] = await connection.query<{ migration: string | null }>(query);
  const migration = row?.migration ?? "none";
  if (releases[migration]) return;
  throw new UserError(
    `What ${service} keeps is not known in this version (its last migration is ${migration}, known are ${Object.values(releases).join(", ")})`,
    { next: `Copy without it (--databases), or update Understudy to a release that knows this ${service}` },
  );
}

/** @throws UserError naming every column that is not there. */
export async function requireColumns(connection: Connection, whose: string, named: NamedColumns): Promise<void> {
  const found = await connection.query<{ place: string }>(
    `SELECT table_name || '.' || column_name AS place FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = ANY($1)`,
    [Object.keys(named)],
  );
  const places = new Set(found.map(({ place }) => place));
  const missing = Object.entries(named)
    .flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`))
    .filter((place) => !places.has(place));
  if (missing.length === 0) return;
  throw new UserError(`${whose} has no ${missing.join(", ")}`, {
    next: "Its tables were altered, or Understudy does not know this version: staging keeps its old data",
  });
}
