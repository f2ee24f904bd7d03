import { type Engine, type Environment, UserError } from "@understudy/core";
import { type N8n, temporaryPrefix } from "@understudy/n8n";
import { type Connection, connect } from "@understudy/postgres";
import type { CheckContext } from "../../checks/check.ts";
import { addressOf } from "../../checks/types/common.ts";
import { liveRuns } from "../catcher/catcher.ts";

const postgresPort = 5432;
const tablePrefix = "understudy_test_";

/** ms, for each statement. */
const patience = 10_000;

/** What a run calls a workflow or a credential that it makes, so that a later run knows whose it was. */
export function temporaryName(run: string, name: string): string {
  return `${temporaryPrefix} ${run} ${name}`.slice(0, 128);
}

/** The same for a table. */
export function temporaryTable(nonce: string): string {
  return `${tablePrefix}${nonce}`;
}

/** How the role that owns a database of the stack logs in; it has the database's name. @throws UserError without its password. */
export function databaseLogin({ stack }: Pick<CheckContext, "stack">, database: string) {
  const variable = `${database.toUpperCase()}_DB_PASSWORD`;
  const password = stack.envFile.values[variable];
  if (password) return { user: database, password, database };
  throw new UserError(`${stack.envFile.path} has no ${variable}, the password of database ${database}`, {
    next: "Name a database of the stack: app, n8n, letta or openwebui",
  });
}

/** A session of that role, that may write. */
export async function openDatabase(context: CheckContext, database: string): Promise<Connection> {
  if (!context.containers.has("postgres")) throw new UserError("This stack has no container of postgres");
  const address = await addressOf(context, "postgres", postgresPort);
  return await connect({ ...address, ...databaseLogin(context, database), timeout: patience });
}

/** Remove what killed runs have left in n8n: workflows and credentials whose run is not on any more. */
export async function removeLeftovers(n8n: N8n, engine: Engine, environment: Environment): Promise<void> {
  const ours = ({ name }: { name: string }) => name.startsWith(temporaryPrefix);
  const [workflows, credentials] = [(await n8n.workflows()).filter(ours), (await n8n.credentials()).filter(ours)];
  // Looked at after them: what is made from now on belongs to a run that is on.
  const left = await leftBehind(engine, environment, ({ name }: { name: string }) => name.split(" ")[2] ?? "");
  for (const { id } of workflows.filter(left)) await n8n.deleteWorkflow(id);
  for (const { id } of credentials.filter(left)) await n8n.deleteCredential(id);
}

/** The same for tables in a database. */
export async function removeLeftTables(session: Connection, { engine, stack }: Pick<CheckContext, "engine" | "stack">) {
  const tables = await session.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE tableowner = current_user AND starts_with(tablename, $1)",
    [tablePrefix],
  );
  const runOf = ({ name }: { name: string }) => name.slice(tablePrefix.length, tablePrefix.length + runLength);
  const left = await leftBehind(engine, stack.environment, runOf);
  for (const { name } of tables.filter(left)) await session.query(`DROP TABLE IF EXISTS ${name}`);
}

/** Characters of a run's name; a nonce begins with it. */
export const runLength = 8;

/** Whether a thing, by its run, belongs to none that is on. */
export async function leftBehind<Thing>(engine: Engine, environment: Environment, runOf: (thing: Thing) => string) {
  const live = await liveRuns(engine, environment);
  return (thing: Thing): boolean => !live.has(runOf(thing));
}
