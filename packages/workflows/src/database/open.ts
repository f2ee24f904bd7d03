import { type ContainerInspectInfo, type Engine, UserError } from "@understudy/core";
import {
  connectTo,
  type DesiredStack,
  openReach,
  postgresUser,
  type Reach,
  type Snapshot,
  serviceOf,
  stackOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";
import { N8n, n8nPort } from "@understudy/n8n";
import { connect } from "@understudy/postgres";
import { lockMigrations } from "./metadata.ts";
import { type Location, type N8nTables, openTables } from "./tables.ts";

/** The n8n of an environment: its database, and its API when it is asked for. */
export interface N8nSide extends AsyncDisposable {
  readonly stack: DesiredStack;
  readonly engine: Engine;
  readonly tables: N8nTables;
  /** @throws UserError while n8n does not run, or without an API key. */
  api(): Promise<N8n>;
}

/** ms, for logging in. */
const patience = 15_000;

/**
 * @param readOnly let Postgres itself refuse whatever would write
 * @throws UserError when it is not deployed, its Postgres does not answer, or what is there is not an n8n's that is known here
 */
export async function openN8n(target: Target, { readOnly = false } = {}): Promise<N8nSide> {
  await using opened = new AsyncDisposableStack();
  const engine = opened.use(await connectTo(target));
  const stack = await stackOf(target);
  const { environment, envFile } = stack;
  const reach = opened.use(await openReach(engine, environment.name));
  const { containers } = await takeSnapshot(engine, environment.stackName);
  const [postgres, n8n] = [containerOf(containers, stack, "postgres"), containerOf(containers, stack, "n8n")];
  const { database, ...location } = locationOf(n8n);
  const address = await reach.address(postgres, 5432);
  const login = { user: postgresUser(stack.model), password: envFile.values.POSTGRES_PASSWORD ?? "", database };
  const session = opened.use(await connect({ ...address, ...login, timeout: patience, bulk: true, readOnly }));
  // n8n's own migrations may hold a table; whoever waits is told in time.
  await session.query("SET lock_timeout = '15s'");
  const tables = await openTables(session, location);
  const all = opened.move();
  return {
    ...{ stack, engine, tables },
    api: () => apiOf(stack, reach, n8n),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Be the only one who changes workflows by migrations, until the session ends. @throws UserError while somebody else does */
export async function requireLock({ tables, stack }: Pick<N8nSide, "tables" | "stack">): Promise<void> {
  if (await lockMigrations(tables.session)) return;
  throw new UserError(`Somebody else applies migrations to ${stack.environment.name} now`, {
    next: "Wait for them, and run again",
  });
}

function containerOf(
  containers: Snapshot["containers"],
  { environment: { name } }: DesiredStack,
  service: string,
): ContainerInspectInfo {
  const found = [...containers.values()].find((info) => serviceOf(info) === service);
  if (found) return found;
  throw new UserError(`${name} has no ${service}`, { next: `See pnpm status --environment ${name}` });
}

/** n8n's own settings, and what it takes without them. */
function locationOf({ Config }: ContainerInspectInfo): Location & { readonly database: string } {
  const settings = new Map(
    Config.Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  if (settings.get("DB_TYPE") !== "postgresdb") {
    throw new UserError(`n8n keeps its data in ${settings.get("DB_TYPE") ?? "SQLite"}`, {
      next: "Migrations are for n8n on Postgres: DB_TYPE=postgresdb",
    });
  }
  return {
    database: settings.get("DB_POSTGRESDB_DATABASE") || "n8n",
    schema: settings.get("DB_POSTGRESDB_SCHEMA") || "public",
    prefix: settings.get("DB_TABLE_PREFIX") || "",
  };
}

async function apiOf(
  { environment, envFile }: DesiredStack,
  reach: Reach,
  container: ContainerInspectInfo,
): Promise<N8n> {
  const address = await reach.address(container, n8nPort);
  return new N8n({ container, address, environment, values: envFile.values });
}
