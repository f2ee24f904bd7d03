import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine, label } from "@understudy/core";
import { type Server, serverIn } from "@understudy/data";
import { openReach } from "@understudy/environment";

/** Two Postgres servers in containers of their own, as production and staging. Removed at the end. */
export interface Pair extends AsyncDisposable {
  readonly engine: Engine;
  readonly production: Server;
  readonly staging: Server;
  /** Names of the containers. */
  readonly containers: { readonly production: string; readonly staging: string };
}

export interface PairOptions {
  /** Flags of postgres(1). */
  readonly flags?: readonly string[];
  /** Where the data is; a size in bytes makes it a limited memory file system. */
  readonly stagingSize?: number;
  /** The stack that staging is the Postgres of. */
  readonly stagingStack?: string;
}

/** Nothing here needs to outlive a power cut. */
const careless = ["-c", "fsync=off", "-c", "max_connections=60"];

export async function startPair({ flags = careless, stagingSize, stagingStack }: PairOptions = {}): Promise<Pair> {
  await using started = new AsyncDisposableStack();
  const engine = started.use(await connectEngine("local"));
  const reach = started.use(await openReach(engine, "test"));
  const start = async (environment: string, place: Place = {}) => {
    const password = randomBytes(12).toString("hex");
    const container = await startPostgres(engine, password, flags, place);
    started.defer(() => container.remove({ force: true, v: true }));
    const server = started.use(
      await serverIn(engine, reach, { container: await container.inspect(), environment, password }),
    );
    await awaitReady(server);
    return { server, name: (await container.inspect()).Name.slice(1) };
  };
  const [production, staging] = await Promise.all([
    start("production"),
    start("staging", { size: stagingSize, stack: stagingStack }),
  ]);
  const all = started.move();
  return {
    engine,
    production: production.server,
    staging: staging.server,
    containers: { production: production.name, staging: staging.name },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Run statements in a database of a server, one after the other. */
export async function execute(server: Server, database: string, ...statements: readonly string[]): Promise<void> {
  await using session = await server.connect(database);
  await session.query("SET search_path = public");
  for (const statement of statements) await session.query(statement);
}

interface Place {
  readonly size?: number | undefined;
  readonly stack?: string | undefined;
}

async function startPostgres(engine: Engine, password: string, flags: readonly string[], { size, stack }: Place) {
  const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/postgres"] } });
  const container = await engine.docker.createContainer({
    Image: image?.RepoTags?.[0] ?? "",
    Cmd: ["postgres", ...flags],
    Env: [`POSTGRES_PASSWORD=${password}`],
    Labels: { "understudy.test": "1", ...(stack ? { [label.stack]: stack, [label.service]: "postgres" } : {}) },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ShmSize: 268_435_456,
      ...(size ? { Tmpfs: { "/var/lib/postgresql/data": `size=${size},uid=999,gid=999` } } : {}),
    },
  });
  await container.start();
  return container;
}

async function awaitReady(server: Server): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await execute(server, "postgres", "SELECT 1");
      return;
    } catch (error) {
      if (tries > 300) throw error;
      await sleep(100);
    }
  }
}
