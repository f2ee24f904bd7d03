import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { promisify } from "node:util";
import { connectEngine, type Engine } from "@understudy/core";
import { builtName } from "@understudy/images";
import { connect } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Upstream } from "../../../compose/postgres/gateway.ts";
import { type ManagedServer, otherCa, startManagedServer } from "./support/managed-server.ts";

const password = "gateway-Pass-1";

describe("the gateway to a managed Postgres", () => {
  let engine: Engine;
  let server: ManagedServer;
  const gateways: Server[] = [];
  const told: string[] = [];

  const open = async (changed: Partial<Upstream> = {}): Promise<number> => {
    const { host, port, name, ca } = server;
    const gateway = serve({ host, port, name, ca, ...changed }, 0, (line) => told.push(line));
    gateways.push(gateway);
    await once(gateway, "listening");
    return (gateway.address() as AddressInfo).port;
  };
  const login = (port: number, user = "boss") =>
    connect({ host: "127.0.0.1", port, user, password, database: "postgres", timeout: 15_000 });
  /** As libpq's own clients, which are stricter than ours. */
  const shell = async (port: number, script: string) => {
    const image = await builtName("toolbox");
    const command = ["run", "--rm", "--network=host", "--env=PGPASSWORD", "--env=PGPORT", image, "bash", "-c", script];
    const env = { ...process.env, PGPASSWORD: password, PGPORT: String(port) };
    return await promisify(execFile)("docker", command, { env }).catch(
      (error) => error as { stdout: string; stderr: string },
    );
  };

  beforeAll(async () => {
    engine = await connectEngine("local");
    server = await startManagedServer(engine, password);
  });
  afterAll(async () => {
    for (const gateway of gateways) gateway.close();
    await server?.[Symbol.asyncDispose]();
    await engine?.close();
  });

  it("encrypts what comes plain, whichever client", async () => {
    const port = await open();
    await using session = await login(port);
    const ours = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await session.query(ours)).toEqual([{ ssl: true }]);
    const { stdout } = await shell(port, `psql -h 127.0.0.1 -U boss -d postgres -qtAc "${ours}"`);
    expect(stdout).toBe("t\n");
  });

  it("carries large answers, and the wish to end one", async () => {
    const port = await open();
    const psql = "psql -h 127.0.0.1 -U boss -d postgres";
    const many = `COPY (SELECT repeat('x', 999) FROM generate_series(1, 50000)) TO STDOUT`;
    expect((await shell(port, `${psql} -c "${many}" | wc -c`)).stdout).toBe("50000000\n");
    const began = Date.now();
    const { stderr } = await shell(port, `timeout -s INT 1 ${psql} -c 'SELECT pg_sleep(60)'`);
    expect(stderr).toContain("canceling statement due to user request");
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  it("tells a client what the server says of its password", async () => {
    await expect(login(await open(), "nobody")).rejects.toMatchObject({ code: "28P01" });
  });

  it.each<[string, () => Partial<Upstream>, RegExp]>([
    ["another CA", () => ({ ca: otherCa() }), /has a certificate that no CA in tls\.ca signed/],
    ["another name", () => ({ name: "other.test" }), /has a certificate for another name/],
    ["no server", () => ({ port: 1 }), /refuses connections$/],
    ["no name in DNS", () => ({ host: "nowhere.invalid" }), /has no address in DNS$/],
  ])("lets nobody through to %s, and says so to every client", async (_, changed, words) => {
    const port = await open(changed());
    await expect(login(port)).rejects.toMatchObject({ code: "08006", message: expect.stringMatching(words) });
    expect((await shell(port, "psql -h 127.0.0.1 -U boss -d postgres -c 'SELECT 1'")).stderr).toMatch(
      /FATAL: {2}the managed Postgres at /,
    );
    expect(told.at(-1)).toMatch(words);
  });
});
