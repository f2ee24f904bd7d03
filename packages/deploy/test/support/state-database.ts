import { connectEngine, type Engine, exec } from "@understudy/core";
import { expect } from "vitest";
import { freePort } from "./remote-host.ts";

/** A Postgres that Pulumi keeps its state in. It can go away, and comes back with what it had. */
export interface StateDatabase extends AsyncDisposable {
  /** For `state.backend`: without its password. */
  readonly url: string;
  readonly password: string;
  /** At once, in the middle of whatever it does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The first column of what a statement answers, line by line. */
  query(sql: string): Promise<string[]>;
}

export async function startStateDatabase(): Promise<StateDatabase> {
  const engine = await connectEngine("local");
  const port = await freePort();
  const password = "backend-pass-4711";
  const container = await engine.docker.createContainer({
    name: `ust-state-${process.pid}-${port}`,
    Image: "understudy/postgres:0.8.0-pg17",
    Env: [`POSTGRES_PASSWORD=${password}`],
    HostConfig: { PortBindings: { "5432/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
  });
  const start = async () => {
    await container.start();
    const ready = async () => (await exec(engine, container.id, ["pg_isready", "-h", "127.0.0.1"])).exitCode;
    await expect.poll(ready, { timeout: 60_000 }).toBe(0);
  };
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    password,
    start,
    stop: async () => void (await container.kill()),
    query: (sql) => query(engine, container.id, sql),
    [Symbol.asyncDispose]: async () => {
      await container.remove({ force: true, v: true });
      await engine.close();
    },
  };
}

async function query(engine: Engine, container: string, sql: string): Promise<string[]> {
  const command = ["psql", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-tA", "-f", "-"];
  const { exitCode, stdout, stderr } = await exec(engine, container, command, { stdin: sql, keep: 16 * 1_024 * 1_024 });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.split("\n").filter(Boolean);
}
