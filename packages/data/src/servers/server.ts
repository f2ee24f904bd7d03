import { type ContainerInspectInfo, type Engine, UserError } from "@understudy/core";
import {
  containerAddress,
  type DesiredStack,
  managedPostgres,
  postgresUser,
  type Reach,
} from "@understudy/environment";
import { type Connection, connect } from "@understudy/postgres";
import { serviceContainer } from "./service-container.ts";
import { Toolbox, type ToolLogin } from "./toolbox.ts";

/** The Postgres of one environment, as its superuser; a managed one as its administrator, who need not be one. */
export interface Server extends AsyncDisposable {
  readonly environment: string;
  /** Where somebody else runs it, `host:port`; undefined: it is the stack's own. */
  readonly managed: string | undefined;
  /** A bulk session on one of its databases: names need their schema. Close it when done. */
  connect(database: string): Promise<Connection>;
  /** How sessions log in, without the database. */
  readonly login: ToolLogin;
  /** How programs beside the server log in: on its host, which need not be ours. */
  readonly beside: ToolLogin;
  /** Run a database tool beside the server. @returns what it printed. @throws UserError */
  tool(command: readonly string[], input?: string): Promise<string>;
}

/** ms, for logging in. */
const patience = 15_000;
const port = 5432;

/** @throws UserError when the environment's Postgres does not run or cannot be reached. */
export async function openServer(engine: Engine, reach: Reach, stack: DesiredStack): Promise<Server> {
  const { environment, envFile, model } = stack;
  const container = await serviceContainer(engine, stack, "postgres");
  if (!container) {
    throw new UserError(`${environment.name} has no Postgres`, {
      next: `See pnpm status --environment ${environment.name}`,
    });
  }
  return await serverIn(engine, reach, {
    container,
    environment: environment.name,
    user: postgresUser(model),
    password: envFile.values.POSTGRES_PASSWORD ?? "",
    managed: managedPostgres(model)?.place,
  });
}

/** A server by the container that it runs in, or is reached through. */
export interface ServerPlace {
  readonly container: ContainerInspectInfo;
  readonly environment: string;
  /** `postgres` unless told. */
  readonly user?: string;
  readonly password: string;
  readonly managed?: string | undefined;
}

/** The server that a container runs, or leads to. */
export async function serverIn(
  engine: Engine,
  reach: Reach,
  { container, environment, user = "postgres", password, managed }: ServerPlace,
): Promise<Server> {
  const login = { ...(await reach.address(container, port)), user, password };
  const toolbox = await Toolbox.open(engine);
  const beside = { host: containerAddress(container), port, user, password };
  return {
    environment,
    managed,
    login,
    beside,
    connect: (database) => connect({ ...login, database, timeout: patience, bulk: true }),
    tool: (command, input) => toolbox.run(beside, command, input),
    [Symbol.asyncDispose]: () => toolbox[Symbol.asyncDispose](),
  };
}
