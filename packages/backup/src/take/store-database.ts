import { databaseProperties, type Server } from "@understudy/data";
import { artifacts, fileNames, tagsOf } from "../artifacts.ts";
import type { BackedUpDatabase } from "../manifest/manifest.ts";
import { describeDatabase } from "../proof/describe-database.ts";
import { databaseTool } from "../repository/database-tool.ts";
import type { Report, Repository } from "../repository/repository.ts";
import type { DatabaseMoment } from "./moment.ts";

/** Uncompressed: what is alike is stored once, and restic compresses. */
const dump = ["pg_dump", "--format=custom", "--compress=none"];

/** Dump a database as it was at a moment into the repository, and describe it meanwhile. */
export async function storeDatabase(
  server: Server,
  repository: Repository,
  { name, snapshot, sequences }: DatabaseMoment,
  { id, report }: { id: string; report: Report },
): Promise<{ database: BackedUpDatabase; added: number }> {
  await using reader = await snapshot.newReader();
  const storing = repository.storeOutput({
    name: fileNames.database(name),
    tags: tagsOf(id, artifacts.database(name)),
    ...databaseTool(server, [...dump, `--snapshot=${snapshot.id}`, `--dbname=${name}`]),
    report,
  });
  const [stored, description] = await Promise.all([storing, describeDatabase(reader)]);
  const database = {
    name,
    artifact: { snapshot: stored.snapshot, bytes: stored.bytes },
    properties: await databaseProperties(snapshot.session),
    ...description,
    sequences: sequences.map(({ at, furthest, ...state }) => ({
      ...state,
      at: `${at}`,
      ...(furthest === undefined ? {} : { furthest: `${furthest}` }),
    })),
  };
  return { database, added: stored.added };
}
