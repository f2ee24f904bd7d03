import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadSettings, resolveEnvironment, silentLog } from "@understudy/core";
import type { Target } from "@understudy/environment";
import type { FastifyRequest } from "fastify";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Agent, createAgent } from "../agent/create-agent.ts";
import { Peers } from "../peers.ts";
import type { Operator } from "../types.ts";
import { adminPlugin, byToken } from "./admin-plugin.ts";
import { peersPlugin } from "./peers-plugin.ts";

const session = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const node = "7f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";

let root: string;
let peers: Peers;
let agent: Agent;
let operator: Operator;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "agent-"));
  peers = new Peers(targetIn(root));
  operator = { name: "ann", role: "operator" };
  const authorise = () => {
    if (operator.name === "")
      throw Object.assign(new Error("Log in"), { statusCode: 401, code: "no-session", next: "/login" });
    return operator;
  };
  agent = await createAgent({
    log: silentLog,
    plugins: [
      {
        name: "peers",
        register: async (server) => void (await server.register(peersPlugin, { peers, log: silentLog })),
      },
      {
        name: "admin",
        register: async (server) =>
          void (await server.register(adminPlugin, { peers, periodic: undefined, log: silentLog, authorise })),
      },
    ],
  });
});
afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  peers[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

/** An installation without a database. */
function targetIn(folder: string): Target {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "understudy.yml"), "peers:\n  serverName: Server A\n  allowFrom: [127.0.0.1]\n");
  const installation = {
    root: folder,
    settingsFile: join(folder, "understudy.yml"),
    stateDir: join(folder, ".understudy"),
    logsDir: join(folder, "logs"),
    composeDir: folder,
    envFile: (environment: string) => join(folder, `.env.${environment}`),
  };
  const settings = loadSettings(installation);
  return { installation, settings, environment: resolveEnvironment(settings, "production") };
}

interface Ask {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly token?: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

async function ask(path: string, { method = "GET", token, body, headers = {}, from }: Ask = {}) {
  const response = await agent.http.inject({
    method,
    url: path,
    remoteAddress: from ?? "127.0.0.1",
    headers: {
      "x-understudy-kind": "production",
      "x-understudy-protocol": "1",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: response.statusCode,
    said: response.json() as Record<string, unknown> & { error?: { code: string; message: string } },
  };
}

/** A token of a peer that has accepted its invitation. */
function accepted(): string {
  const token = peers.book.peers.issueToken("B", 60_000);
  peers.book.peers.accept(token, node);
  return token;
}

describe("the agent towards peers", () => {
  it("says who it is to who shows a token, and nothing to others", async () => {
    expect((await ask("/api/sync/peer")).status).toBe(401);
    expect((await ask("/api/sync/peer", { token: "guessed" })).said.error?.code).toBe("unauthorized");
    const { status, said } = await ask("/api/sync/peer", { token: accepted() });
    expect(status).toBe(200);
    expect(said).toEqual({
      product: "understudy",
      protocol: 1,
      kind: "production",
      nodeId: peers.book.nodeId,
      name: "Server A",
      databaseId: null,
    });
  });

  it("refuses other addresses, kinds and protocols before anything", async () => {
    const token = accepted();
    expect((await ask("/api/sync/peer", { token, from: "203.0.113.9" })).said.error?.code).toBe("address");
    const staging = await ask("/api/sync/peer", { token, headers: { "x-understudy-kind": "staging" } });
    expect(staging).toMatchObject({ status: 409, said: { error: { code: "kind" } } });
    const newer = await ask("/api/sync/peer", { token, headers: { "x-understudy-protocol": "2" } });
    expect(newer).toMatchObject({ status: 426, said: { error: { code: "protocol" } } });
  });

  it("lets nobody guess for long", async () => {
    const answers = [];
    for (let tries = 0; tries < 40; tries++)
      answers.push((await ask("/api/sync/peer", { token: `wrong-${tries}` })).status);
    expect(answers.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(answers.slice(35)).toEqual(Array(5).fill(429));
  });

  it("takes an invitation once, and makes both peers", async () => {
    const token = peers.book.peers.issueToken("invitation", 60_000);
    const back = { url: "https://192.168.0.114:8095", token: "t".repeat(43), fingerprint: "AA:BB" };
    const body = { nodeId: node, name: "Server B", kind: "production", back };
    expect((await ask("/api/sync/look?sessionId=x", { token })).status).not.toBe(200);
    expect((await ask("/api/sync/peers", { method: "POST", token, body })).status).toBe(200);
    expect(peers.find("Server B")).toMatchObject({ nodeId: node, url: back.url, token: back.token });
    const noted = readFileSync(join(root, "logs/audit.jsonl"), "utf8");
    expect(JSON.parse(noted)).toMatchObject({
      who: "Server B",
      what: "peers:add",
      detail: { nodeId: node, url: back.url },
    });
    const other = { ...body, nodeId: session };
    expect((await ask("/api/sync/peers", { method: "POST", token, body: other })).status).toBe(401);
    const staging = { ...body, kind: "staging" };
    expect((await ask("/api/sync/peers", { method: "POST", token, body: staging })).status).toBe(409);
  });

  it("does not speak back without encryption to another machine, unless it was said to", async () => {
    const token = peers.book.peers.issueToken("invitation", 60_000);
    const enrol = (url: string, more: object = {}) => {
      const back = { url, token: "t".repeat(43), fingerprint: null };
      const body = { nodeId: node, name: "Server B", kind: "production", back, ...more };
      return ask("/api/sync/peers", { method: "POST", token, body });
    };
    const refused = await enrol("http://192.168.0.114:8095");
    expect(refused).toMatchObject({ status: 409, said: { error: { code: "plain" } } });
    expect(peers.book.peers.list()).toEqual([]);
    expect((await enrol("http://127.0.0.1:8095")).status).toBe(200);
    expect((await enrol("http://192.168.0.114:8095", { plain: true })).status).toBe(200);
  });

  it("answers hostile requests with what is wrong with them", async () => {
    const token = accepted();
    const post = { method: "POST", token } as const;
    const begin = { sessionId: "../../etc", direction: "pull", method: "backup", options: {} };
    expect((await ask("/api/sync/sessions", { ...post, body: begin })).status).toBe(422);
    const small = { sessionId: session, backupContent: "YQ==", table: "public.t" };
    const named = await ask("/api/sync/receive-backup", { ...post, body: { ...small, filename: "../../passwd" } });
    expect(named).toMatchObject({ status: 422, said: { error: { code: "invalid" } } });
    const large = { ...small, filename: "chunk-000001", backupContent: "A".repeat(20_000_000) };
    expect((await ask("/api/sync/receive-backup", { ...post, body: large })).status).toBe(413);
    const forged = await ask(`/api/sync/receive-backup?sessionId=${session}`, {
      ...post,
      body: "rows",
      headers: { "content-type": "application/octet-stream", "x-chunk": "nonsense" },
    });
    expect(forged.status).toBe(422);
    const unready = await ask("/api/sync/sessions", { ...post, body: { ...begin, sessionId: session } });
    expect(unready).toMatchObject({ status: 409, said: { error: { code: "no-database" } } });
  });
});

describe("the admin API by PEERS_ADMIN_TOKEN", () => {
  const asking = (token: string, ip = "127.0.0.1") =>
    ({ ip, headers: { authorization: `Bearer ${token}` } }) as FastifyRequest;

  it("is for the right token, from addresses that may ask, and lets nobody guess for long", () => {
    const authorise = byToken("the-right-one", ["192.168.0.0/24"]);
    expect(authorise(asking("the-right-one"))).toMatchObject({ role: "operator" });
    expect(authorise(asking("the-right-one", "192.168.0.7"))).toMatchObject({ role: "operator" });
    expect(() => authorise(asking("the-right-one", "203.0.113.9"))).toThrow("not on the allow-list");
    for (let tries = 0; tries < 30; tries++) expect(() => authorise(asking("wrong"))).toThrow("The token is wrong");
    expect(() => authorise(asking("the-right-one"))).toThrow("Too many attempts");
    expect(() => byToken(undefined, [])(asking(""))).toThrow("Nobody may ask here");
  });
});

describe("the admin API", () => {
  it("asks for a session first, and for an operator where something changes", async () => {
    operator = { name: "", role: "viewer" };
    expect(await ask("/api/admin/sync/peers")).toMatchObject({
      status: 401,
      said: { success: false, error: { code: "no-session", message: "Log in", next: "/login" } },
    });
    operator = { name: "vic", role: "viewer" };
    expect((await ask("/api/admin/sync/peers")).status).toBe(200);
    for (const path of ["full-sync", "full-sync/clear-stuck", "peers", `full-sync/sessions/${session}/cancel`]) {
      expect((await ask(`/api/admin/sync/${path}`, { method: "POST", body: {} })).status, path).toBe(403);
    }
  });

  it("lists this server first, and tells no token", async () => {
    const token = "s3cret-".repeat(6);
    peers.book.peers.put({
      nodeId: node,
      name: "Server B",
      url: "https://b:1",
      kind: "production",
      fingerprint: null,
      token,
    });
    const { said } = await ask("/api/admin/sync/peers");
    expect(said.peers).toMatchObject([
      { name: "Server A", local: true },
      { name: "Server B", ipAddress: "b", local: false },
    ]);
    expect(JSON.stringify(said)).not.toContain("s3cret");
  });

  it("says in words why a full sync cannot begin", async () => {
    const start = (targetPeer: object) =>
      ask("/api/admin/sync/full-sync", { method: "POST", body: { action: "pull", targetPeer } });
    expect(await start({ nodeId: node })).toMatchObject({
      status: 409,
      said: { error: { message: expect.stringContaining("No peer") } },
    });
    peers.book.peers.put({
      nodeId: node,
      name: "B",
      url: "https://b:1",
      kind: "production",
      fingerprint: null,
      token: "t",
    });
    const { status, said } = await start({ nodeId: node });
    expect(status).toBe(409);
    expect(said.error?.message).toContain("PEERS_DATABASE_URL");
    expect((await start({})).status).toBe(422);
  });

  it("gives sessions page by page, one with its log, and cancels and clears", async () => {
    const names = { sourceName: "B", targetName: "A", peer: { nodeId: node, name: "B" } };
    const options = { compressionEnabled: true, verifyAfterSync: true };
    peers.book.sessions.insert({
      sessionId: session,
      direction: "pull",
      method: "backup",
      role: "driver",
      options,
      ...names,
    });
    peers.book.sessions.log(session, "info", "it begins");
    expect((await ask("/api/admin/sync/full-sync/sessions?limit=1")).said).toMatchObject({
      sessions: [{ sessionId: session, status: "running" }],
      more: false,
    });
    expect((await ask(`/api/admin/sync/full-sync/sessions/${session}`)).said).toMatchObject({
      log: [{ text: "it begins" }],
    });
    expect((await ask(`/api/admin/sync/full-sync/sessions/${node}`)).status).toBe(404);
    expect((await ask(`/api/admin/sync/full-sync/sessions/${session}/cancel`, { method: "POST" })).status).toBe(200);
    expect(peers.book.sessions.cancelledBy(session)).toMatch(/^ann@/);
    expect((await ask("/api/admin/sync/full-sync/clear-stuck", { method: "POST" })).said).toEqual({ cleared: [] });
    peers.book.sessions.become(session, "interrupted");
    expect((await ask("/api/admin/sync/full-sync/clear-stuck", { method: "POST" })).said).toEqual({
      cleared: [session],
    });
    expect(peers.session(session)?.status).toBe("failed");
  });

  it("does not call cancelled or cleared what was written before its process died", async () => {
    const options = { compressionEnabled: true, verifyAfterSync: true };
    const names = { sourceName: "B", targetName: "A", peer: { nodeId: node, name: "B" } };
    const interrupted = (sessionId: string) => {
      peers.book.sessions.insert({ sessionId, direction: "pull", method: "backup", role: "driver", options, ...names });
      peers.book.sessions.become(sessionId, "interrupted");
      return peers.store(sessionId);
    };
    interrupted(session).keep("restore", { tables: [], notes: [] });
    const counts = { inserted: 1, updated: 0, unchanged: 0, skipped: 0, rows: 1 };
    const report = { table: "public.people", ...counts, conflicts: [], notes: [], verified: true };
    interrupted(node).keep("restored", [report]);
    await ask(`/api/admin/sync/full-sync/sessions/${session}/cancel`, { method: "POST" });
    expect(peers.session(session)).toMatchObject({ status: "completed", error: null });
    await ask("/api/admin/sync/full-sync/clear-stuck", { method: "POST" });
    expect(peers.session(node)).toMatchObject({
      status: "failed",
      error: { message: expect.stringMatching(/cleared\. Written before that, and stays: public\.people$/) },
    });
  });

  it("removes what a session that has ended left on its disk, and nothing else", async () => {
    const options = { compressionEnabled: true, verifyAfterSync: true };
    const names = { sourceName: "B", targetName: "A", peer: { nodeId: node, name: "B" } };
    const chunks = join(root, ".understudy/peers/production/chunks");
    for (const sessionId of [session, node]) {
      peers.book.sessions.insert({ sessionId, direction: "pull", method: "backup", role: "driver", options, ...names });
      mkdirSync(join(chunks, sessionId), { recursive: true });
    }
    mkdirSync(join(chunks, "somebody's"));
    peers.book.sessions.become(session, "interrupted");
    await ask(`/api/admin/sync/full-sync/sessions/${session}/cancel`, { method: "POST" });
    expect(readdirSync(chunks).sort()).toEqual([node, "somebody's"].sort());
  });

  it("ends what it tells live when the listener may not look any more", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const told = agent.http.inject({ url: "/api/admin/sync/events" });
    await sleep(100);
    await vi.advanceTimersByTimeAsync(15_000);
    operator = { name: "", role: "viewer" };
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await told).body.match(/^: ping$/gm)).toHaveLength(1);
  });

  it("lives on while its own database is down, and looks at its peers again later", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    vi.stubEnv("PEERS_DATABASE_URL", "postgres://nobody:right-password@127.0.0.1:1/app");
    const warned = vi.spyOn(silentLog, "warn");
    onTestFinished(() => {
      vi.useRealTimers();
      vi.unstubAllEnvs();
      warned.mockRestore();
    });
    peers.book.peers.put({
      ...{ nodeId: node, name: "B", url: "https://127.0.0.1:1", kind: "production", fingerprint: null, token: "t" },
    });
    const authorise = () => operator;
    await using _ = await createAgent({
      log: silentLog,
      plugins: [
        {
          name: "admin",
          register: async (server) =>
            void (await server.register(adminPlugin, { peers, periodic: undefined, log: silentLog, authorise })),
        },
      ],
    });
    await expect.poll(() => warned.mock.calls.length).toBe(1);
    await vi.advanceTimersByTimeAsync(30_000);
    await expect.poll(() => warned.mock.calls.length).toBe(2);
    expect(warned.mock.calls[1]?.[1]).toBe("peers were not looked at");
  });

  it("describes itself: every route is in its OpenAPI document", async () => {
    const { said } = await ask("/api/admin/sync/openapi.json");
    const documented = Object.entries(said.paths as Record<string, object>)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .sort();
    for (const one of documented) {
      const [method = "", path = ""] = one.split(" ");
      const url = path.replace(/\{(\w+)\}/g, ":$1");
      expect(agent.http.hasRoute({ method: method as "GET", url }), one).toBe(true);
    }
    const routes = [...agent.http.printRoutes().matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods = ""]) =>
      methods.split(", "),
    );
    expect(routes.filter((method) => method !== "HEAD")).toHaveLength(documented.length);
  });
});
