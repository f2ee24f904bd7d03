import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine } from "@understudy/core";
import { type ConnectOptions, connect } from "../../src/index.ts";

/** A Postgres server in a container of its own, removed at the end. */
export interface Server extends AsyncDisposable {
  readonly engine: Engine;
  readonly container: string;
  /** Of its superuser, in database `postgres`. */
  readonly options: ConnectOptions;
  /** Run statements, one after the other. */
  run(database: string, ...statements: readonly string[]): Promise<void>;
  /** Everything that it has logged. */
  log(): Promise<string>;
}

/** @param flags of postgres(1), e.g. `max_connections=6`. */
export async function startServer(...flags: readonly string[]): Promise<Server> {
  const engine = await connectEngine("local");
  const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/postgres"] } });
  const password = "right-password";
  const container = await engine.docker.createContainer({
    Image: image?.RepoTags?.[0] ?? "",
    Cmd: ["postgres", ...["fsync=off", ...flags].flatMap((flag) => ["-c", flag])],
    Env: [`POSTGRES_PASSWORD=${password}`],
    Healthcheck: { Test: ["NONE"] },
  });
  const remove = async () => {
    await container.remove({ force: true, v: true });
    await engine.close();
  };
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? "";
    const options = { host, port: 5432, user: "postgres", password, database: "postgres", timeout: 2_000 };
    await awaitReady(options);
    return {
      engine,
      container: container.id,
      options,
      run: (database, ...statements) => run({ ...options, database, timeout: 120_000 }, statements),
      log: async () => (await container.logs({ stdout: true, stderr: true })).toString(),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function run(options: ConnectOptions, statements: readonly string[]): Promise<void> {
  await using session = await connect(options);
  for (const statement of statements) await session.query(statement);
}

async function awaitReady(options: ConnectOptions): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await run(options, ["SELECT 1"]);
      return;
    } catch (error) {
      if (tries > 150) throw error;
      await sleep(200);
    }
  }
}
