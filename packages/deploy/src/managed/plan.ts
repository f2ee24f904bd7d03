import { quoteLiteral, quoteName, scramVerifier } from "@understudy/postgres";
import type { SeenDatabase, SeenServer } from "./look.ts";

/** One thing to do on a managed server. */
export interface Statement {
  readonly database: string;
  readonly text: string;
  /** For people: `role app made`; undefined: it goes without saying. */
  readonly says?: string;
  /** What to do when the administrator may not. */
  readonly onRefusal?: string;
}

/**
 * What is still to be made, in order. No role that is there is changed: it may be somebody else's.
 * @param values of the environment file, with the roles' passwords
 */
export function planManaged({ databases }: SeenServer, values: Readonly<Record<string, string>>): Statement[] {
  return databases.flatMap((database) => [
    ...roleOf(database, values[database.variable] ?? ""),
    ...databaseOf(database),
    ...extensionOf(database),
  ]);
}

function roleOf({ name, role, joined }: SeenDatabase, password: string): Statement[] {
  const create = `CREATE ROLE ${quoteName(name)} LOGIN PASSWORD ${quoteLiteral(scramVerifier(password))}`;
  return [
    ...(role === "absent" ? [{ database: "postgres", text: create, says: `role ${name} made` }] : []),
    // To give it a database, and to back that up.
    ...(joined ? [] : [{ database: "postgres", text: `GRANT ${quoteName(name)} TO CURRENT_USER` }]),
  ];
}

function databaseOf({ name, owner }: SeenDatabase): Statement[] {
  if (owner) return [];
  const database = quoteName(name);
  return [
    { database: "postgres", text: `CREATE DATABASE ${database} OWNER ${database}`, says: `database ${name} made` },
    { database: "postgres", text: `REVOKE ALL ON DATABASE ${database} FROM PUBLIC` },
  ];
}

function extensionOf({ name, extension, hasExtension }: SeenDatabase): Statement[] {
  if (!extension || hasExtension) return [];
  const says = `extension ${extension} made in ${name}`;
  const text = `CREATE EXTENSION IF NOT EXISTS ${quoteName(extension)} SCHEMA public`;
  return [{ database: name, text, says, onRefusal: `As who may, in database ${name}: ${text}; then run again` }];
}
