import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { silentLog } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { SqliteStore, SyncManager } from "@understudy/records";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Peers } from "../peers.ts";
import { recordsPlugin } from "./records-plugin.ts";

const node = "7f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";

let root: string;
let peers: Peers;
let server: FastifyInstance;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "records-plugin-"));
  writeFileSync(join(root, "understudy.yml"), "peers:\n  allowFrom: [127.0.0.1]\n");
  vi.stubEnv("UNDERSTUDY_ROOT", root);
  peers = new Peers(chooseTarget({ production: true }));
  const manager = await SyncManager.open(await SqliteStore.open(new DatabaseSync(":memory:")));
  server = fastify();
  await server.register(recordsPlugin, { peers, manager, log: silentLog });
});
afterEach(async () => {
  await server.close();
  peers[Symbol.dispose]();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

async function ask(method: "GET" | "POST", path: string, token: string, remoteAddress = "127.0.0.1") {
  const headers = { authorization: `Bearer ${token}` };
  const url = `/api/sync/${path}`;
  const response = await server.inject({
    method,
    url,
    remoteAddress,
    headers,
    ...(method === "POST" ? { payload: {} } : {}),
  });
  return { status: response.statusCode, said: response.json() };
}

async function register(): Promise<{ peerToken: string; nodeToken: string }> {
  const peerToken = peers.book.peers.issueToken("Server B", 60_000, node);
  const { said } = await ask("POST", "nodes", peerToken);
  return { peerToken, nodeToken: said.auth_token };
}

const routes = [
  ["GET", "entities"],
  ["GET", "digest"],
  ["GET", "conflicts"],
  ["POST", "exchange"],
] as const;

it("answers nodes from addresses of the allow-list only", async () => {
  const { nodeToken, peerToken } = await register();
  expect((await ask("GET", "entities", nodeToken)).status).toBe(200);
  for (const [method, path] of [...routes, ["POST", "nodes"] as const]) {
    const token = path === "nodes" ? peerToken : nodeToken;
    expect(await ask(method, path, token, "203.0.113.9"), path).toMatchObject({
      ...{ status: 403, said: { error: { code: "address" } } },
    });
  }
});

it("answers a node no more once it was removed as a peer", async () => {
  const { nodeToken, peerToken } = await register();
  peers.book.peers.remove(node);
  for (const [method, path] of routes)
    expect(await ask(method, path, nodeToken), path).toMatchObject({
      ...{ status: 401, said: { error: { message: "The token is no peer's" } } },
    });
  expect((await ask("POST", "nodes", peerToken)).status).toBe(401);
});

it("lets nobody guess a peer's token for long", async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries < 32; tries++) statuses.push((await ask("POST", "nodes", `wrong-${tries}`)).status);
  expect(new Set(statuses.slice(0, 30))).toEqual(new Set([401]));
  expect(statuses.slice(30)).toEqual([429, 429]);
});
