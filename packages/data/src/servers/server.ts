import { type ContainerInspectInfo, type Engine, UserError } from "@understudy/core";
import { containerAddress, type DesiredStack, type Reach } from "@understudy/environment";
import { type Connection, connect } from "@understudy/postgres";
import { serviceContainer } from "./service-container.ts";
import { Toolbox, type ToolLogin } from "./toolbox.ts";

/** The Postgres of one environment, as its superuser. */
export interface Server extends AsyncDisposable {
  readonly environment: string;
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
const user = "postgres";

/** @throws UserError when the environment's Postgres does not run or cannot be reached. */
export async function openServer(engine: Engine, reach: Reach, stack: DesiredStack): Promise<Server> {
  const { environment, envFile } = stack;
  const container = await serviceContainer(engine, stack, "postgres");
  if (!container) {
    throw new UserError(`${environment.name} has no Postgres`, {
      next: `See pnpm status --environment ${environment.name}`,
    });
  }
  return await serverIn(engine, reach, {
    container,
    environment: environment.name,
    password: envFile.values.POSTGRES_PASSWORD ?? "",
  });
}

/** The server that a container runs. */
export async function serverIn(
  engine: Engine,
  reach: Reach,
  { container, environment, password }: { container: ContainerInspectInfo; environment: string; password: string },
): Promise<Server> {
  const login = { ...(await reach.address(container, port)), user, password };
  const toolbox = await Toolbox.open(engine);
  const beside = { host: containerAddress(container), port, user, password };
  return {
    environment,
    login,
    beside,
    connect: (database) => connect({ ...login, database, timeout: patience, bulk: true }),
    tool: (command, input) => toolbox.run(beside, command, input),
    [Symbol.asyncDispose]: () => toolbox[Symbol.asyncDispose](),
  };
}
