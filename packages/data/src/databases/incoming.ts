import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, quoteLiteral, quoteName } from "@understudy/postgres";
import type { Server } from "../servers/server.ts";

/** The database that a copy is loaded into, beside the live one. */
export function incomingName(database: string): string {
  return `${database}_incoming`;
}

/** Where the old data stays until the new is proven. */
export function outgoingName(database: string): string {
  return `${database}_outgoing`;
}

/** Where data that was replaced stays for one more generation. */
export function keptName(database: string): string {
  return `${database}_kept`;
}

/** What a database is made with, beside its content. */
export interface DatabaseProperties {
  readonly owner: string;
  readonly encoding: string;
  readonly provider: "b" | "c" | "i";
  readonly collate: string;
  readonly ctype: string;
  readonly locale: string | null;
  readonly limit: number;
  /** GRANT statements' parts: who, what. */
  readonly grants: readonly { readonly role: string; readonly privilege: string }[];
  /** `name=value`, of ALTER DATABASE … SET. */
  readonly settings: readonly string[];
}

/**
 * Roles of a source that a copy's server lacks are made there without login: grants and policies stay as they were. An administrator who is
 * no superuser may give databases to them. @returns their names.
 */
export async function addMissingRoles(admin: Connection, roles: readonly string[]): Promise<string[]> {
  const known = await admin.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", [roles]);
  const missing = roles.filter((role) => !known.some(({ rolname }) => rolname === role));
  for (const role of missing) {
    await admin.query(`CREATE ROLE ${quoteName(role)} NOLOGIN`);
    await joinRole(admin, role);
  }
  return missing;
}

/** An administrator who is no superuser gets to own and read what is a role's. Does nothing for who may already. */
export async function joinRole(admin: Connection, role: string): Promise<void> {
  const [found] = await admin.query<{ may: boolean }>("SELECT pg_has_role($1, 'USAGE') AS may", [role]);
  if (!found?.may) await admin.query(`GRANT ${quoteName(role)} TO CURRENT_USER`);
}

/** Make a database anew and empty, with the properties of its source. What stood there under the name goes. */
export async function createIncomingDatabase(
  properties: DatabaseProperties,
  admin: Connection,
  database: string,
): Promise<void> {
  await dropDatabase(admin, incomingName(database));
  await createDatabase(properties, admin, incomingName(database));
}

/** Make an empty database with the properties of another. Nobody but those whom they name may connect. */
export async function createDatabase(properties: DatabaseProperties, admin: Connection, name: string): Promise<void> {
  const database = quoteName(name);
  await addMissingRoles(admin, [properties.owner]);
  await admin.query(createStatement(database, properties));
  await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  for (const { role, privilege } of properties.grants) {
    await admin.query(`GRANT ${privilege} ON DATABASE ${database} TO ${role === "" ? "PUBLIC" : quoteName(role)}`);
  }
  for (const setting of properties.settings) {
    const [key = "", value = ""] = split(setting);
    await admin.query(`ALTER DATABASE ${database} SET ${key} TO ${quoteLiteral(value)}`);
  }
}

export async function dropDatabase(admin: Connection, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`);
      return;
    } catch (error) {
      // The server's own vacuum is at it, which only a superuser ends; it goes by itself.
      const held = (error as { code?: string }).code === "42501" && /terminate process/.test((error as Error).message);
      if (!held || attempt === attempts) throw error;
      await sleep(500);
    }
  }
}

const attempts = 20;

/** What a swap replaced stays, in the place of what was kept before. Does nothing when that was done already. */
export async function keepDatabase(admin: Connection, name: string): Promise<void> {
  if (!(await databaseExists(admin, outgoingName(name)))) return;
  await dropDatabase(admin, keptName(name));
  await admin.query(`ALTER DATABASE ${quoteName(outgoingName(name))} RENAME TO ${quoteName(keptName(name))}`);
}

/** What was kept lies beside the live data again, to be swapped in. Does nothing when nothing was kept. */
export async function takeKeptDatabase(admin: Connection, name: string): Promise<void> {
  if (!(await databaseExists(admin, keptName(name)))) return;
  await dropDatabase(admin, incomingName(name));
  await admin.query(`ALTER DATABASE ${quoteName(keptName(name))} RENAME TO ${quoteName(incomingName(name))}`);
}

/** What was taken to be swapped in, and was not, is kept again. Does nothing when that was done already. */
export async function returnKeptDatabase(admin: Connection, name: string): Promise<void> {
  if ((await databaseExists(admin, keptName(name))) || !(await databaseExists(admin, incomingName(name)))) return;
  await admin.query(`ALTER DATABASE ${quoteName(incomingName(name))} RENAME TO ${quoteName(keptName(name))}`);
}

/** Names of a server's databases, in order; without templates, the one that every server has, and those of who runs a managed one. */
export async function listDatabases(server: Server): Promise<string[]> {
  await using session = await server.connect("postgres");
  const found = await session.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres' AND pg_has_role(datdba, 'USAGE') ORDER BY 1",
  );
  return found.map(({ datname }) => datname);
}

export async function databaseExists(admin: Connection, name: string): Promise<boolean> {
  const found = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  return found.length > 0;
}

/** Of the database that a session is on. */
export async function databaseProperties(source: Connection): Promise<DatabaseProperties> {
  // The column of ICU's locale has another name before version 17.
  const [{ column } = { column: "datlocale" }] = await source.query<{ column: string }>(
    `SELECT attname AS column FROM pg_attribute WHERE attrelid = 'pg_database'::regclass AND attname IN ('datlocale', 'daticulocale')`,
  );
  const [properties] = await source.query<DatabaseProperties>(`
    SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider,
      datcollate AS collate, datctype AS ctype, ${column} AS locale, datconnlimit AS limit,
      coalesce((SELECT json_agg(json_build_object('role', coalesce(pg_get_userbyid(nullif(grantee, 0)), ''), 'privilege', privilege_type))
        FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))), '[]') AS grants,
      coalesce((SELECT json_agg(setting) FROM pg_db_role_setting, unnest(setconfig) AS setting
        WHERE setdatabase = pg_database.oid AND setrole = 0), '[]') AS settings
    FROM pg_database WHERE datname = current_database()`);
  if (!properties) throw new Error("the database that answers is not listed");
  return properties;
}

function createStatement(
  name: string,
  { owner, encoding, provider, collate, ctype, locale, limit }: DatabaseProperties,
) {
  const libc = `LC_COLLATE ${quoteLiteral(collate)} LC_CTYPE ${quoteLiteral(ctype)}`;
  const own = {
    c: "LOCALE_PROVIDER libc",
    i: `LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(locale ?? "")}`,
    b: `LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(locale ?? "")}`,
  }[provider];
  return `CREATE DATABASE ${name} OWNER ${quoteName(owner)} TEMPLATE template0 ENCODING ${quoteLiteral(encoding)} ${libc} ${own} CONNECTION LIMIT ${limit}`;
}

function split(setting: string): [name: string, value: string] {
  const at = setting.indexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1)];
}
