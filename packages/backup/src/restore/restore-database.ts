import { createDatabase, dropDatabase, joinRole, type Server } from "@understudy/data";
import type { Connection } from "@understudy/postgres";
import { fileNames } from "../artifacts.ts";
import type { BackedUpDatabase, Manifest } from "../manifest/manifest.ts";
import { compareDatabase } from "../proof/compare-database.ts";
import { databaseTool } from "../repository/database-tool.ts";
import type { Repository } from "../repository/repository.ts";
import { missingRoles } from "./missing-roles.ts";

/**
 * Restore a database under a name, anew, and compare it with what was backed up.
 * @returns what differs, for people; none: it is what was backed up. @throws UserError when it cannot be restored.
 */
export async function restoreDatabase(
  server: Server,
  repository: Repository,
  database: BackedUpDatabase,
  name: string,
): Promise<string[]> {
  await using admin = await server.connect("postgres");
  await dropDatabase(admin, name);
  await createDatabase(database.properties, admin, name);
  await repository.pipe({
    snapshot: database.artifact.snapshot,
    name: fileNames.database(database.name),
    ...databaseTool(server, ["pg_restore", "--exit-on-error", `--dbname=${name}`]),
  });
  await using session = await server.connect(name);
  return await compareDatabase(session, database);
}

/** Make the roles of a backup that a server lacks. */
export async function restoreRoles(server: Server, repository: Repository, { roles }: Manifest): Promise<void> {
  await using admin = await server.connect("postgres");
  const present = new Set(await roleNames(admin));
  const dump = await repository.readText(roles.snapshot, fileNames.roles);
  for (const statement of missingRoles(dump, present)) await admin.query(statement);
  // Who is no superuser has to belong to a role to give it what it owned.
  for (const name of await roleNames(admin)) if (!present.has(name)) await joinRole(admin, name);
}

async function roleNames(admin: Connection): Promise<string[]> {
  const found = await admin.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
  return found.map(({ rolname }) => rolname);
}
