import { type DescribedDatabase, describeDatabase } from "@understudy/backup";
import { UserError } from "@understudy/core";
import { databaseProperties, type Side, type VolumeBox } from "@understudy/data";
import type { Connection, SequenceState } from "@understudy/postgres";
import type { ArchivedDatabase, ArchivedFile } from "../archive/metadata.ts";
import { isArchivePath } from "../archive/paths.ts";
import type { Spool, Spooled } from "../archive/spool.ts";
import { guardAgainst, type Secrets } from "../secrets/refuse-secrets.ts";
import { leftOutOf, migrationOf } from "../services.ts";
import { dumpDatabase } from "./dump-database.ts";
import type { DatabaseMoment } from "./moment.ts";

/** Gathers what an archive is to hold. Where it goes out in clear, no secret may be in it. */
export class Collection {
  readonly contents = new Map<string, Spooled>();
  readonly #spool: Spool;
  readonly #secrets: Secrets;

  /** @param secrets those that must not be in it; none when it is encrypted */
  constructor(spool: Spool, secrets: Secrets) {
    this.#spool = spool;
    this.#secrets = secrets;
  }

  /** @param onBytes hears of them as they come @throws UserError for a secret in it */
  async add(
    path: string,
    content: AsyncIterable<Buffer>,
    onBytes: (bytes: number) => void = () => {},
  ): Promise<Spooled> {
    if (!isArchivePath(path)) {
      throw new UserError(`${path} has no place in an archive: its name is too long, or has odd characters in it`, {
        next: "Give it another name",
      });
    }
    const guard = guardAgainst(this.#secrets, path);
    const spooled = await this.#spool.add(content, (chunk) => {
      guard.watch(chunk);
      onBytes(chunk.length);
    });
    guard.end();
    this.contents.set(path, spooled);
    return spooled;
  }

  async addText(path: string, text: string): Promise<void> {
    await this.add(
      path,
      (async function* () {
        yield Buffer.from(text);
      })(),
    );
  }

  get files(): ArchivedFile[] {
    return [...this.contents].map(([path, { bytes, sha256 }]) => ({ path, bytes, sha256 }));
  }
}

/** Take a database's dump, and describe it meanwhile: both of the same moment. */
export async function collectDatabase(
  side: Side,
  box: VolumeBox,
  { name, snapshot, sequences }: DatabaseMoment,
  add: (dump: AsyncIterable<Buffer>) => Promise<unknown>,
): Promise<ArchivedDatabase> {
  const leftOut = leftOutOf(name);
  await using reader = await snapshot.newReader();
  const dump = dumpDatabase(box, side.server, { database: name, snapshot: snapshot.id, leftOut });
  const [, description] = await Promise.all([add(dump), describeDatabase(reader)]);
  return {
    name,
    properties: await databaseProperties(snapshot.session),
    ...description,
    tables: description.tables.filter(({ id }) => !leftOut.includes(id)),
    sequences: sequences.map(inDigits),
    roles: await rolesOf(snapshot.session),
    leftOut,
    migration: await migrationOf(snapshot.session, name),
  };
}

function inDigits({ at, furthest, ...state }: SequenceState): DescribedDatabase["sequences"][number] {
  return { ...state, at: `${at}`, ...(furthest === undefined ? {} : { furthest: `${furthest}` }) };
}

/** Roles that own something in a database, or may do something with it. */
async function rolesOf(session: Connection): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT DISTINCT rolname AS name FROM pg_catalog.pg_shdepend
     JOIN pg_catalog.pg_roles ON pg_roles.oid = refobjid
     WHERE refclassid = 'pg_catalog.pg_authid'::regclass
       AND (dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) OR
         (dbid = 0 AND classid = 'pg_catalog.pg_database'::regclass
           AND objid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())))
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
