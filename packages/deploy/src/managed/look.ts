import type { Server } from "@understudy/data";
import type { ManagedDatabase, ManagedPostgres } from "@understudy/environment";
import { type Connection, connect, PostgresError } from "@understudy/postgres";

/** What a managed server has of a database that is wanted there. */
export interface SeenDatabase extends ManagedDatabase {
  /** Of the role of its name: absent, or whether it logs in with the environment's password. */
  readonly role: "absent" | "as set" | "other password";
  /** Whether the administrator may do what the role may. */
  readonly joined: boolean;
  /** Whose database it is; undefined: there is none. */
  readonly owner: string | undefined;
  readonly hasExtension: boolean;
}

/** A managed server as its administrator sees it. */
export interface SeenServer {
  /** Major. */
  readonly version: number;
  /** Major, of the tools that dump and restore. */
  readonly tools: number;
  readonly mayCreate: { readonly roles: boolean; readonly databases: boolean };
  /** Extensions that can be made. */
  readonly extensions: ReadonlySet<string>;
  readonly databases: readonly SeenDatabase[];
}

/** Look, and change nothing. @param values of the environment file @throws PostgresError */
export async function lookAtManaged(
  server: Server,
  { databases }: ManagedPostgres,
  values: Readonly<Record<string, string>>,
): Promise<SeenServer> {
  await using admin = await server.connect("postgres");
  const [role] = await admin.query<{ version: number; roles: boolean; databases: boolean }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, rolcreaterole OR rolsuper AS roles,
       rolcreatedb OR rolsuper AS databases FROM pg_roles WHERE rolname = current_user`,
  );
  if (!role) throw new Error("who logged in is no role");
  const { version, ...mayCreate } = role;
  const extensions = await admin.query<{ name: string }>("SELECT name FROM pg_available_extensions");
  const seen: SeenDatabase[] = [];
  for (const database of databases) seen.push(await lookAt(server, admin, database, values[database.variable] ?? ""));
  return {
    ...{ version, mayCreate, databases: seen },
    extensions: new Set(extensions.map(({ name }) => name)),
    tools: Number(/\d+/.exec(await server.tool(["pg_dump", "--version"]))?.[0]),
  };
}

async function lookAt(
  server: Server,
  admin: Connection,
  database: ManagedDatabase,
  password: string,
): Promise<SeenDatabase> {
  const { name, extension } = database;
  const [role] = await admin.query<{ joined: boolean }>(
    "SELECT pg_has_role(oid, 'USAGE') AS joined FROM pg_roles WHERE rolname = $1",
    [name],
  );
  const [{ owner } = { owner: undefined }] = await admin.query<{ owner: string }>(
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1",
    [name],
  );
  return {
    ...database,
    owner,
    role: role ? await passwordOf(server, name, password, owner ? name : "postgres") : "absent",
    joined: role?.joined ?? false,
    hasExtension: Boolean(extension && owner && (await hasExtension(server, name, extension))),
  };
}

async function passwordOf({ login }: Server, user: string, password: string, database: string) {
  try {
    await using _ = await connect({ ...login, user, password, database, timeout: 15_000 });
    return "as set";
  } catch (error) {
    // 28P01: the password; 28000: it may not log in at all. Whoever is let in and not to this database has the right one.
    if (!(error instanceof PostgresError) || !["28P01", "28000", "42501"].includes(error.code)) throw error;
    return error.code === "42501" ? "as set" : "other password";
  }
}

async function hasExtension(server: Server, database: string, extension: string): Promise<boolean> {
  await using admin = await server.connect(database);
  return (await admin.query("SELECT FROM pg_extension WHERE extname = $1", [extension])).length > 0;
}
