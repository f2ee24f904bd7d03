import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSettings, silentLog } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { openPeers } from "@understudy/peers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { Accounts } from "../access/accounts.ts";
import { agentBeside } from "../full-sync.ts";
import { RunFolder, runsFolder } from "../runs/run-folder.ts";
import { createConsole } from "../serve-console.ts";
import { type Headers, host, loginTo, password, pastOf, type TestConsole, testConsole } from "../testing.ts";

// A password takes its time.
vi.setConfig({ testTimeout: 60_000 });

let console: TestConsole;
let [viewer, operator]: [Headers, Headers] = [{}, {}];

beforeAll(async () => {
  console = await testConsole();
  [viewer, operator] = [await console.login("viewer"), await console.login("operator")];
});
afterAll(async () => await console[Symbol.asyncDispose]());

interface Described {
  readonly paths: Record<string, Record<string, { security: object[]; responses: Record<string, unknown> }>>;
}

/** Every address of the API, as it describes itself. */
async function everyRoute() {
  const { paths } = (await ask("GET", "/api/console/openapi.json", viewer)).json() as Described;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, responses }]) => ({
      method: method.toUpperCase() as "GET" | "POST" | "PUT",
      url: path.replaceAll(/\{\w+\}/g, "staging"),
      open: security.length === 0,
      operators: "403" in responses,
    })),
  );
}

function ask(method: "GET" | "POST" | "PUT", url: string, headers: Headers, payload?: object) {
  return console.server.inject({ method, url, headers: { host, ...headers }, ...(payload ? { payload } : {}) });
}

describe("the door", () => {
  it("lets nobody in without a login, at no address but the login's", async () => {
    const routes = await everyRoute();
    expect(routes.filter(({ open }) => open).map(({ url }) => url)).toEqual(["/api/console/login"]);
    expect(routes.length).toBeGreaterThan(12);
    for (const { method, url } of routes.filter(({ open }) => !open)) {
      for (const headers of [{}, { cookie: "understudy=wrong" }, { authorization: "Basic b3A6b3A=" }]) {
        expect((await ask(method, url, headers as Headers)).statusCode, `${method} ${url}`).toBe(401);
      }
    }
  });

  it("lets a viewer do nothing", async () => {
    const acting = (await everyRoute()).filter(({ operators }) => operators);
    expect(acting.map(({ url }) => url)).toEqual([
      "/api/console/runs",
      "/api/console/runs/staging/stop",
      "/api/console/policy",
    ]);
    for (const { method, url } of acting) {
      const answer = await ask(method, url, viewer, {});
      expect(answer.statusCode, url).toBe(403);
      expect(answer.json().error.message).toContain("may look, but not act");
    }
  });

  it("lets no other page act in an operator's name", async () => {
    const { "x-csrf-token": token = "", ...cookie } = operator;
    const tries: Headers[] = [
      cookie,
      { ...cookie, "x-csrf-token": "guessed" },
      { ...cookie, "x-csrf-token": viewer["x-csrf-token"] ?? "" },
      { ...cookie, "x-csrf-token": token, origin: "https://evil.example" },
      { ...cookie, "x-csrf-token": token, origin: "null" },
    ];
    for (const { method, url } of (await everyRoute()).filter(({ open, method }) => !open && method !== "GET")) {
      for (const headers of tries) {
        const answer = await ask(method, url, headers, {});
        expect([answer.statusCode, answer.json().error.message], url).toEqual([
          403,
          expect.stringContaining("own page"),
        ]);
      }
    }
    const own = await ask("POST", "/api/console/runs", { ...operator, origin: `http://${host}` }, { action: "no" });
    expect(own.json().error.message).toBe('No action is called "no"');
  });

  it("answers to no name but its own", async () => {
    const answer = await ask("GET", "/api/console/session", { ...operator, host: "evil.example:8470" });
    expect(answer.statusCode).toBe(421);
    expect((await ask("GET", "/api/console/session", { ...operator, host: "localhost:8470" })).statusCode).toBe(200);
  });

  it("answers to no name that whoever asks says the edge was called by", async () => {
    await using other = await testConsole();
    other.write("understudy.yml", "project: shop\nconsole:\n  publicUrl: https://console.example.com\n");
    const server = await other.again();
    const asked = { "x-forwarded-host": "console.example.com", "x-forwarded-proto": "https" };
    const statusOf = async (host: string) =>
      (await server.inject({ url: "/api/console/session", headers: { ...asked, host } })).statusCode;
    expect([await statusOf("evil.example"), await statusOf("console.example.com")]).toEqual([421, 401]);
    process.env.UNDERSTUDY_ROOT = console.installation.root;
  });

  it("gives a cookie that scripts and other pages never see, and tells browsers what they may do", async () => {
    const answer = await ask("POST", "/api/console/login", {}, { name: "viewer", password });
    expect(answer.headers["set-cookie"]).toMatch(
      /^understudy=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringMatching(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/),
      "x-content-type-options": "nosniff",
    });
  });

  it("makes who guesses wait, and audits it; a right password does not count", async () => {
    await using other = await testConsole();
    const guess = (pass: string) =>
      other.server.inject({
        method: "POST",
        url: "/api/console/login",
        headers: { host },
        payload: { name: "operator", password: pass },
      });
    for (let right = 0; right < 3; right++) expect((await guess(password)).statusCode).toBe(200);
    for (let wrong = 0; wrong < 5; wrong++) expect((await guess("wrong")).statusCode).toBe(401);
    const refused = await guess(password);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(60);
    const audited = readFileSync(join(other.installation.logsDir, "audit.jsonl"), "utf8");
    expect(audited.match(/"what":"console:login","environment":"console","result":"failed"/g)).toHaveLength(5);
    expect(audited).toMatch(/"who":"operator@/);
    process.env.UNDERSTUDY_ROOT = console.installation.root;
  });

  it("makes who guesses one name from many addresses wait, and nobody else", async () => {
    await using other = await testConsole();
    let address = 0;
    const guess = async (name: string, pass: string) => {
      const payload = { name, password: pass };
      const remoteAddress = `10.0.0.${++address}`;
      const from = { method: "POST", url: "/api/console/login", headers: { host }, remoteAddress, payload } as const;
      return (await other.server.inject(from)).statusCode;
    };
    for (let wrong = 0; wrong < 5; wrong++) expect(await guess("operator", "wrong")).toBe(401);
    expect(await guess("operator", password)).toBe(429);
    expect(await guess("viewer", password)).toBe(200);
    process.env.UNDERSTUDY_ROOT = console.installation.root;
  });

  it("says the same of a wrong password and of nobody's name", async () => {
    const [wrong, unknown] = await Promise.all(
      ["viewer", "nobody"].map((name) => ask("POST", "/api/console/login", {}, { name, password: "wrong" })),
    );
    expect(wrong?.body).toBe(unknown?.body);
  });

  it("keeps a login over a restart, and ends it with a logout, another password or the user's end", async () => {
    using accounts = Accounts.of(console.installation);
    const server = await console.again();
    const session = async (headers: Headers) =>
      (await server.inject({ url: "/api/console/session", headers })).statusCode;
    const [first, second] = [await loginTo(console.server, "viewer"), await loginTo(console.server, "viewer")];
    expect(await session(first)).toBe(200);
    await server.inject({ method: "POST", url: "/api/console/logout", headers: first });
    expect([await session(first), await session(second)]).toEqual([401, 200]);
    accounts.putUser({ name: "viewer", role: "viewer" }, accounts.passwordOf("viewer") ?? "");
    expect(await session(second)).toBe(401);
    accounts.putUser({ name: "guest", role: "viewer" }, accounts.passwordOf("viewer") ?? "");
    const guest = await loginTo(console.server, "guest");
    accounts.remove("user", "guest");
    expect(await session(guest)).toBe(401);
    viewer = await console.login("viewer");
  });

  it("ends what is told live when the login behind it ends", async () => {
    using accounts = Accounts.of(console.installation);
    accounts.putUser({ name: "guest", role: "viewer" }, accounts.passwordOf("viewer") ?? "");
    const headers = await loginTo(console.server, "guest");
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let over = false;
    const told = console.server.inject({ url: "/api/console/events", headers }).then((answer) => {
      over = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    vi.advanceTimersByTime(15_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(over).toBe(false);
    accounts.remove("user", "guest");
    vi.advanceTimersByTime(15_000);
    expect((await told).body).toContain(": ping");
  });

  it("lets programs in by a token, without the page's token, until it is taken back", async () => {
    using accounts = Accounts.of(console.installation);
    const headers = { authorization: `Bearer ${accounts.putToken({ name: "ci", role: "operator" })}` };
    expect((await ask("POST", "/api/console/runs", headers, { action: "no" })).statusCode).toBe(422);
    expect((await ask("GET", "/api/console/session", headers)).json()).toMatchObject({ name: "ci", csrf: null });
    accounts.remove("token", "ci");
    expect((await ask("GET", "/api/console/session", headers)).statusCode).toBe(401);
  });

  it("has neither passwords nor tokens nor cookies on disk", async () => {
    using accounts = Accounts.of(console.installation);
    const token = accounts.putToken({ name: "disk", role: "viewer" });
    const folder = join(console.installation.stateDir, "console");
    const kept = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(folder, name), "latin1"))
      .join();
    for (const secret of [password, token, operator.cookie?.split("=")[1] ?? "?"]) expect(kept).not.toContain(secret);
  });
});

describe("the full sync's own API", () => {
  it("is behind the same door, and its answers are guarded alike", async () => {
    const planted = "s3cret-planted-peer";
    await using other = await testConsole();
    const { installation, write } = other;
    write(".env.staging", `N8N_ENCRYPTION_KEY=${planted}\n`);
    using peers = await openPeers(chooseTarget({ environment: "staging" }));
    const nodeId = crypto.randomUUID();
    const peer = { nodeId, name: planted, url: "http://127.0.0.1:9", kind: "staging", fingerprint: null } as const;
    peers.book.peers.put({ ...peer, token: "t".repeat(43) });
    const options = { installation, settings: loadSettings(installation), host: "127.0.0.1", port: 8470 };
    const beside = agentBeside(chooseTarget({ environment: "staging" }), silentLog);
    const server = await createConsole({ ...options, page: undefined, log: silentLog, beside });
    const headers = await loginTo(server, "viewer");
    const known = await server.inject({ url: "/api/admin/sync/peers", headers });
    const refused = await server.inject({ url: "/api/admin/sync/peers", headers: { host } });
    await server.close();
    expect([known.statusCode, refused.statusCode]).toEqual([200, 401]);
    for (const answer of [known, refused]) {
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
        "x-content-type-options": "nosniff",
      });
    }
    expect(known.body).toContain("‹secret›");
    expect(known.body).not.toContain(planted);
    process.env.UNDERSTUDY_ROOT = console.installation.root;
  });
});

describe("secrets", () => {
  it("leave in no answer, wherever somebody left them", async () => {
    const planted = "s3cret-planted-value";
    await using other = await testConsole();
    const { installation, write } = other;
    write(".env.staging", `N8N_ENCRYPTION_KEY=${planted}\n`);
    const server = await other.again();
    const headers = await loginTo(server, "operator");
    pastOf(installation);
    write("sanitize.yml", `allowedValues: ["${planted}"]\n`);
    const journal = join(installation.stateDir, "journal/staging.jsonl");
    mkdirSync(dirname(journal), { recursive: true });
    const line = { run: `${Date.now()}-1`, verb: `deploy:${planted}`, step: planted, at: new Date().toISOString() };
    appendFileSync(journal, `${JSON.stringify(line)}\n`);
    const run = new RunFolder(join(runsFolder(installation), "1700000000000-0123abcd"));
    const said = { id: "1700000000000-0123abcd", action: "promote", title: planted, command: planted };
    run.begin({ ...said, environment: "staging", who: "ada", startedAt: new Date().toISOString() });
    write(".understudy/console/runs/1700000000000-0123abcd/stdout", `{"token":"${planted}"}\n`);
    write(".understudy/console/runs/1700000000000-0123abcd/stderr", `password is ${planted}\n`);
    write(".understudy/console/runs/1700000000000-0123abcd/exit", "0\n");
    const urls = [
      ...["overview", "policy", "runs", "runs/1700000000000-0123abcd", "releases/staging", "health/staging"],
      ...["runs/1700000000000-0123abcd/events", `views/workflows?environment=${planted}`, "session"],
    ];
    const bodies = await Promise.all(
      urls.map(async (url) => (await server.inject({ url: `/api/console/${url}`, headers })).body),
    );
    for (let from = 1; from < 25; from++) {
      const url = `/api/console/runs/1700000000000-0123abcd/events?from=${from}`;
      expect((await server.inject({ url, headers })).body).not.toContain("value");
    }
    // The test would pass if nothing had been found.
    expect(bodies.filter((body) => body.includes("‹secret›")).length).toBeGreaterThan(4);
    expect(bodies.join()).not.toContain(planted);
    process.env.UNDERSTUDY_ROOT = console.installation.root;
  });
});
