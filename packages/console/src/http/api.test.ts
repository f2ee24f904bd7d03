import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Journal, loadSettings, silentLog, UserError, writeFact } from "@understudy/core";
import { aReceipt, aRelease, writeReceipt } from "@understudy/deploy/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { healthHistorySchema } from "../contract/health.ts";
import { overviewSchema } from "../contract/overview.ts";
import { policyFileSchema } from "../contract/policy.ts";
import { receiptSchema } from "../contract/receipt.ts";
import { releasesSchema } from "../contract/releases.ts";
import { type Run, type RunDetail, runDetailSchema } from "../contract/run.ts";
import { sessionSchema } from "../contract/session.ts";
import { RunFolder, runsFolder } from "../runs/run-folder.ts";
import { createConsole } from "../serve-console.ts";
import { type Headers, pastOf, pastRun, type TestConsole, testConsole } from "../testing.ts";
import { readView } from "../views/by-verb.ts";

vi.setConfig({ testTimeout: 60_000 });

let console: TestConsole;
let headers: Headers = {};

beforeAll(async () => {
  console = await testConsole();
  pastOf(console.installation);
  headers = await console.login("operator");
});
afterAll(async () => await console[Symbol.asyncDispose]());

async function get(path: string, server = console.server) {
  return await server.inject({ url: `/api/console/${path}`, headers });
}

async function act(action: string, parameters: object) {
  const payload = { action, parameters };
  return await console.server.inject({ method: "POST", url: "/api/console/runs", headers, payload });
}

async function ended(id: string, server = console.server): Promise<RunDetail> {
  for (;;) {
    const run = (await get(`runs/${id}`, server)).json() as RunDetail;
    if (run.state !== "running") return run;
    await sleep(50);
  }
}

describe("views", () => {
  it("tell who is logged in, and which environments there are", async () => {
    expect(sessionSchema.parse((await get("session")).json())).toMatchObject({
      ...{ name: "operator", role: "operator", project: "shop", fullSync: null },
      environments: [{ name: "staging" }, { name: "production" }],
    });
  });

  it("show every environment, also where its engine cannot be asked", async () => {
    const { environments } = overviewSchema.parse((await get("overview")).json());
    const [staging, production] = environments;
    expect(staging).toMatchObject({
      ...{ name: "staging", drift: null, underWay: null, backup: null },
      stack: { trouble: { message: expect.stringContaining("docker.sock") } },
      release: { id: "r-07888fe00c7e" },
      copy: { from: "production", unmasked: false },
      health: { status: "healthy", openIncidents: 0, silences: 0, failing: [] },
    });
    expect(production).toMatchObject({
      ...{ drift: "staging is ahead", copy: null, health: null },
      backup: { result: "succeeded", verified: true, proven: { id: "backup-20261121-020000" } },
      drill: { result: "succeeded" },
    });
  });

  it("show what people were told, by which channel, and whether it went out", async () => {
    const { environments } = overviewSchema.parse((await get("overview")).json());
    const what = "staging: n8n is down";
    expect(environments[0]?.health).toMatchObject({
      notices: [
        { what, channel: "mail", result: "waiting", why: "550 no such mailbox" },
        { what, channel: "chat", result: "sent", why: null },
      ],
    });
  });

  it("show how checks did, with what failed", async () => {
    const history = healthHistorySchema.parse((await get("health/staging?since=24h")).json());
    expect(history.checks.map(({ check, status }) => [check, status])).toEqual([
      ["n8n readiness", "healthy"],
      ["postgres login", "healthy"],
    ]);
    const [n8n, postgres] = history.checks;
    expect(n8n?.uptime).toBeGreaterThan(0.9);
    expect(n8n?.uptime).toBeLessThan(1);
    expect(postgres?.uptime).toBe(1);
    expect(n8n?.points.some(({ unhealthy }) => unhealthy > 0)).toBe(true);
    expect(history.incidents).toMatchObject([
      { service: "n8n", severity: "critical", checks: [{ check: "n8n readiness", seen: "connection refused" }] },
    ]);
    expect(healthHistorySchema.parse((await get("health/production")).json())).toMatchObject({
      watched: false,
      checks: [],
    });
  });

  it("show what was released, as the journal and the audit have it", async () => {
    await sleep(2);
    pastRun(console.installation, "deploy:staging", "r-ba9876543210", "No image is called n8n:9");
    const { releases } = releasesSchema.parse((await get("releases/staging?limit=2")).json());
    expect(releases).toMatchObject([
      { release: "r-ba9876543210", result: "failed", why: "No image is called n8n:9", current: false },
      { release: "r-07888fe00c7e", result: "succeeded", current: true },
    ]);
    expect((await get("releases/staging?limit=1")).json()).toMatchObject({ releases: [releases[0]], more: true });
    const older = await get(`releases/staging?limit=1&before=${releases[0]?.at}`);
    expect(older.json()).toMatchObject({ releases: [releases[1]], more: false });
  });

  it("open a release's receipt, and say of one that is missing or altered that it proves nothing", async () => {
    expect((await get(`receipts/${aRelease}`)).json().error.message).toContain("has no receipt");
    const file = writeReceipt(console.installation, aReceipt());
    expect(receiptSchema.parse((await get(`receipts/${aRelease}`)).json())).toMatchObject({
      ...{ release: aRelease, by: "ada@laptop", staging: "staging", holdsUntil: "2026-11-22T11:58:00.000Z" },
      images: [
        { service: "n8n", digest: "n8nio/n8n@sha256:1" },
        { service: "edge", digest: null },
      ],
      health: { passed: ["n8n readiness", "größe"], failed: [] },
    });
    writeFileSync(file, readFileSync(file, "utf8").replace("ada", "eve"));
    const answer = await get(`receipts/${aRelease}`);
    expect([answer.statusCode, answer.json().error.message]).toEqual([422, expect.stringContaining("altered")]);
    expect((await get("receipts/..%2f..%2freceipt.key")).statusCode).toBe(422);
  });

  it("tell what a verb tells, and what keeps it from telling", async () => {
    const figures = await get("views/snapshot-figures?environment=staging");
    expect([figures.statusCode, figures.json()]).toEqual([200, []]);
    const points = await get("views/rollback-points?environment=production");
    expect(points.statusCode).toBe(422);
    expect(points.json().error.message).toContain("docker.sock");
    expect((await get("views/workflows?environment=nowhere")).json().error.next).toBe("There are: staging, production");
    expect((await get("views/record-history?environment=staging&record=1;drop")).statusCode).toBe(422);
    expect((await get("views/passwords?environment=staging")).statusCode).toBe(422);
  });
});

describe("views by verb", () => {
  it("are four processes at once, however many are asked for", async () => {
    await expect.poll(processes).toBe(0);
    const asked = Array.from({ length: 7 }, () => readView(console.installation, ["team:stats", "--json"]));
    await sleep(20);
    expect(processes()).toBe(4);
    expect(await Promise.all(asked)).toEqual(asked.map(() => []));
  });
});

/** That this process has begun and that run. */
function processes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
}

describe("actions", () => {
  it("run as the command, in the person's name, and their result is there", async () => {
    const parameters = { environment: "staging", check: "n8n readiness", length: "2h", why: "upgrade; rm -rf /" };
    const answer = await act("health:silence", parameters);
    expect(answer.statusCode).toBe(201);
    const begun = answer.json() as Run;
    expect(begun).toMatchObject({
      ...{ state: "running", who: "operator", environment: "staging", exitCode: null },
      command: `pnpm health:silence --environment staging --for=2h '--why=upgrade; rm -rf /' -- 'n8n readiness'`,
    });
    const audited = readFileSync(join(console.installation.logsDir, "audit.jsonl"), "utf8").trimEnd().split("\n");
    expect(audited.map((line) => JSON.parse(line))).toContainEqual({
      ...{ at: expect.any(String), who: expect.stringMatching(/^operator@/), what: "console:start" },
      ...{ environment: "staging", result: "started", detail: { run: begun.id, verb: "health:silence" } },
    });
    const run = runDetailSchema.parse(await ended(begun.id));
    expect(run).toMatchObject({ state: "succeeded", exitCode: 0, error: null, result: { environment: "staging" } });
    const { silences } = healthHistorySchema.parse((await get("health/staging")).json());
    expect(silences).toMatchObject([
      { check: "n8n readiness", why: "upgrade; rm -rf /", who: expect.stringMatching(/^operator@/) },
    ]);
  });

  it("outlive the console that began them", async () => {
    const first = await console.again();
    const payload = { action: "health:unsilence", parameters: { environment: "staging", check: "n8n readiness" } };
    const begun = await first.inject({ method: "POST", url: "/api/console/runs", headers, payload });
    await first.close();
    const second = await console.again();
    expect(await ended((begun.json() as Run).id, second)).toMatchObject({
      state: "succeeded",
      result: { silences: [] },
    });
  });

  it("that fail say why, and what to do next", async () => {
    const run = await ended(((await act("deploy:staging", { environment: "staging" })).json() as Run).id);
    expect(run).toMatchObject({ state: "failed", exitCode: 1, result: null });
    expect(run.error?.message).toMatch(/docker\.sock|Docker/);
    expect(run.log).toContain("error: ");
  });

  it("are known as cut off when their process dies without a word", async () => {
    const begun = (await act("sync:policy", { environment: "production" })).json() as Run;
    const pid = new RunFolder(join(runsFolder(console.installation), begun.id)).pid() as number;
    process.kill(-pid, "SIGKILL");
    expect(await ended(begun.id)).toMatchObject({ state: "cut off", exitCode: null });
  });

  it("end when they are told to, as by Ctrl-C, at whatever moment of their beginning", async () => {
    const stop = (id: string) =>
      console.server.inject({ method: "POST", url: `/api/console/runs/${id}/stop`, headers });
    // A shell starts a shell, which becomes the command, within these milliseconds.
    for (const wait of [0, 1, 2, 3, 5, 8, 13, 21, 34, 200]) {
      const { id } = (await act("sync:policy", { environment: "production" })).json() as Run;
      await sleep(wait);
      expect((await stop(id)).json(), `after ${wait} ms`).toEqual({ stopped: true });
      expect((await ended(id)).state, `after ${wait} ms`).toBe("cut off");
      expect((await stop(id)).json()).toEqual({ stopped: false });
    }
  });

  it("are refused while one runs in the environment, and where it is not one of ours", async () => {
    const folder = new RunFolder(join(runsFolder(console.installation), "1700000000001-0123abcd"));
    const said = { id: "1700000000001-0123abcd", action: "promote", title: "Promote to production", command: "" };
    folder.begin({ ...said, environment: "production", who: "ada", startedAt: new Date().toISOString() });
    folder.own(process.pid);
    const refused = await act("backup", { environment: "production" });
    expect(refused.json().error.message).toBe("Promote to production is under way in production, begun by ada");
    expect((await act("backup", { environment: "elsewhere" })).json().error.message).toContain("elsewhere");
    expect((await act("backup", { environment: "staging", force: true })).statusCode).toBe(422);
    expect((await act("backup", { environment: "--help" })).statusCode).toBe(422);
    expect((await act("toString", { environment: "staging" })).statusCode).toBe(422);
  });

  it("are found by their id only", async () => {
    for (const id of ["..", "..%2f..%2fetc", "1700000000009-00000000", "x"]) {
      expect([404, 422]).toContain((await get(`runs/${id}`)).statusCode);
    }
  });
});

describe("what is under way", () => {
  it("is told whoever began it", async () => {
    await sleep(2);
    new Journal(console.installation, "staging", "deploy:staging").step("apply");
    const underWay = async () => overviewSchema.parse((await get("overview")).json()).environments[0]?.underWay;
    await expect.poll(underWay).toMatchObject({ verb: "deploy:staging", step: "apply", cutOff: false });
  });
});

describe("sanitize.yml", () => {
  it("is saved when it is understood, and by nobody over another's changes", async () => {
    const put = (payload: object) =>
      console.server.inject({ method: "PUT", url: "/api/console/policy", headers, payload });
    const { mark } = policyFileSchema.parse((await get("policy")).json());
    const text = "databases:\n  app:\n    tables:\n      public.notes: keep\n";
    expect((await put({ text: "databases: [", mark })).json().error.message).toMatch(/^sanitize\.yml:1/);
    expect((await put({ text: "tabels: {}", mark })).json().error.message).toMatch(/tabels/);
    expect(existsSync(join(console.installation.root, "sanitize.yml"))).toBe(false);
    const saved = await put({ text: "allowedValues: [support@shop.example]\n", mark });
    expect(saved.statusCode, saved.body).toBe(200);
    expect((await put({ text, mark })).json().error.message).toContain("changed by somebody else");
    expect(readFileSync(join(console.installation.root, "sanitize.yml"), "utf8")).toContain("support@shop.example");
  });
});

describe("an agent that cannot begin", () => {
  it("is told as it says, and another console can be begun without it", async () => {
    const { installation } = console;
    const options = { installation, settings: loadSettings(installation), host: "127.0.0.1", port: 8470 };
    const refusing = async () => {
      throw new UserError("Its database does not answer");
    };
    const begun = createConsole({
      ...options,
      page: undefined,
      log: silentLog,
      beside: { environment: "staging", register: refusing },
    });
    await expect(begun).rejects.toThrow("Its database does not answer");
    const server = await console.again();
    expect((await get("session", server)).statusCode).toBe(200);
  });
});

describe("news", () => {
  it("come when a file of the installation changes, and when a run says something", async () => {
    const server = await console.again();
    const address = await server.listen({ port: 0, host: "127.0.0.1" });
    // `fetch` says its own host.
    const stream = async (path: string) => {
      const [answer] = (await once(request(`${address}/api/console/${path}`, { headers }).end(), "response")) as [
        IncomingMessage,
      ];
      expect(answer.headers["content-type"]).toContain("text/event-stream");
      return answer.setEncoding("utf8");
    };
    const reads = async (from: AsyncIterable<string>, until: RegExp) => {
      let said = "";
      for await (const piece of from) {
        said += piece;
        if (until.test(said)) return said;
      }
      return said;
    };
    const changes = await stream("events");
    writeFact(console.installation, "staging", "drill", { at: new Date().toISOString(), result: "succeeded" });
    expect(await reads(changes, /changed/)).toContain('"topics":["facts"]');
    const run = (
      await server.inject({
        ...{ method: "POST", url: "/api/console/runs", headers },
        payload: { action: "stop:staging", parameters: { environment: "staging" } },
      } as const)
    ).json() as Run;
    const said = await reads(await stream(`runs/${run.id}/events`), /event: end\n.*\n/);
    expect(said).toMatch(/event: log\nid: \d+\ndata: .*error: /);
    expect(said).toMatch(/event: end\ndata: .*"state":"failed"/);
  });
});
