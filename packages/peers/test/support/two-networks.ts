import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine } from "@understudy/core";
import { type ConnectOptions, connect } from "@understudy/postgres";
import { introduce, type Pair, TestServer } from "./two-servers.ts";

/** Why namespaces cannot be joined here; undefined: they can. In CI it must run or fail: nobody reads there what was skipped. */
export const cannotJoinNetworks =
  process.env.CI || process.getuid?.() === 0 ? undefined : "namespaces of networks are joined by root only";

/**
 * Two machines as far as networks go: each a Postgres server that listens on its own 127.0.0.1 only, in a namespace whose only way out
 * is a line to the other one.
 */
export interface TwoNetworks extends AsyncDisposable {
  readonly a: Machine;
  readonly b: Machine;
  /** Two servers that know each other, each in its network, over HTTPS. */
  pair(): Promise<Pair>;
  /** Let no more than that through the line, either way. */
  shape(megabitsPerSecond: number): void;
}

export interface Machine extends AsyncDisposable {
  /** The words that run a command in its network. */
  readonly within: readonly string[];
  readonly address: string;
  /** How the test logs in: by a socket in the file system, which needs no network. */
  readonly postgres: ConnectOptions;
}

const addresses = { a: "10.231.7.1", b: "10.231.7.2" };

export async function startTwoNetworks(): Promise<TwoNetworks> {
  const engine = await connectEngine("local");
  const [a, b] = await Promise.all([startMachine(engine, addresses.a), startMachine(engine, addresses.b)]);
  const name = `us${randomBytes(4).toString("hex")}`;
  execFileSync("ip", ["link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`]);
  for (const [end, machine] of [
    ["a", a],
    ["b", b],
  ] as const) {
    execFileSync("ip", ["link", "set", `${name}${end}`, "netns", String(machine.pid)]);
    inside(machine, "ip", "address", "add", `${machine.address}/30`, "dev", `${name}${end}`);
    inside(machine, "ip", "link", "set", `${name}${end}`, "up");
  }
  return {
    a,
    b,
    pair: async () => await introduce(await serverIn("Server A", a), await serverIn("Server B", b)),
    shape(megabitsPerSecond) {
      const rate = ["rate", `${megabitsPerSecond}mbit`, "burst", "64k", "latency", "50ms"];
      inside(a, "tc", "qdisc", "replace", "dev", `${name}a`, "root", "tbf", ...rate);
      inside(b, "tc", "qdisc", "replace", "dev", `${name}b`, "root", "tbf", ...rate);
    },
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await engine.close();
    },
  };
}

async function serverIn(name: string, { within, address, postgres }: Machine): Promise<TestServer> {
  return await TestServer.make(name, postgres, [], { within, address, databaseHost: "127.0.0.1", certified: true });
}

function inside({ within: [program = "", ...words] }: Machine, ...command: string[]): string {
  return execFileSync(program, [...words, ...command], { encoding: "utf8" });
}

async function startMachine(engine: Engine, address: string): Promise<Machine & { readonly pid: number }> {
  const [image] = await engine.docker.listImages({ filters: { reference: ["understudy/postgres"] } });
  const sockets = mkdtempSync(join(tmpdir(), "peers-socket-"));
  // The server in the container is another user.
  chmodSync(sockets, 0o777);
  const password = "right-password";
  const container = await engine.docker.createContainer({
    Image: image?.RepoTags?.[0] ?? "",
    Cmd: ["postgres", "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"],
    Env: [`POSTGRES_PASSWORD=${password}`],
    HostConfig: { NetworkMode: "none", Binds: [`${sockets}:/var/run/postgresql`] },
    Healthcheck: { Test: ["NONE"] },
  });
  const dispose = async () => {
    await container.remove({ force: true, v: true });
    rmSync(sockets, { recursive: true, force: true });
  };
  try {
    await container.start();
    const { State } = await container.inspect();
    const postgres = { host: sockets, port: 5432, user: "postgres", password, database: "postgres", timeout: 20_000 };
    await awaitReady(postgres);
    const within = ["nsenter", `--net=/proc/${State.Pid}/ns/net`];
    return { pid: State.Pid, within, address, postgres, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The image's first start makes the database with a server that no network reaches: only the one after it can be relied on. */
async function awaitReady(postgres: ConnectOptions): Promise<void> {
  let problem: unknown = new Error("Postgres does not listen where it should");
  for (let tries = 0; tries < 300; tries++) {
    try {
      await using session = await connect(postgres);
      const [row] = await session.query<{ listens: string }>("SELECT current_setting('listen_addresses') AS listens");
      if (row?.listens === "127.0.0.1") return;
    } catch (error) {
      problem = error;
    }
    await sleep(200);
  }
  throw problem;
}
