import { UserError } from "@understudy/core";
import { readKeyRing } from "@understudy/n8n";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningService, randomKey, ServiceStage } from "./support/service-stage.ts";

const login = { email: "owner@understudy.local", password: "Owner-pass-1" };
const secret = { user: "real@customer.example", password: "s3cret-of-production" };
const productionValues = { N8N_ENCRYPTION_KEY: randomKey() };
const stagingValues = { N8N_ENCRYPTION_KEY: randomKey() };
const noPolicy = { activeWorkflows: [], executions: "drop", credentials: "stub" } as const;

describe("n8n's own data after a copy", () => {
  let stage: ServiceStage;
  const apiKeys = { production: "", staging: "" };
  let credential = "";

  beforeAll(async () => {
    stage = await ServiceStage.open({
      image: "n8n",
      port: 5678,
      path: "/healthz/readiness",
      environment: ({ host, name, password }) => ({
        DB_TYPE: "postgresdb",
        DB_POSTGRESDB_HOST: host,
        DB_POSTGRESDB_DATABASE: name,
        DB_POSTGRESDB_USER: "postgres",
        DB_POSTGRESDB_PASSWORD: password,
        N8N_SECURE_COOKIE: "false",
        N8N_DIAGNOSTICS_ENABLED: "false",
      }),
    });
    {
      await using production = await stage.start("production", productionValues);
      apiKeys.production = await setUp(production);
      credential = await fill(production, apiKeys.production);
      // The webhook answers before its execution is written.
      const executed = () => stage.query("production", "SELECT FROM execution_entity WHERE status = 'success'");
      await vi.waitFor(async () => expect(await executed()).not.toEqual([]), 15_000);
    }
    await using staging = await stage.start("live", stagingValues);
    apiKeys.staging = await setUp(staging);
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  beforeEach(async () => {
    await stage.copy("production", "incoming");
    // What the policy does to rows.
    await stage.query("incoming", "TRUNCATE execution_entity, binary_data CASCADE");
  });

  it("lets nothing run, and keeps staging's logins", async () => {
    const facts = await stage.prepare("n8n", { stagingValues });
    expect(facts.map(({ count }) => count)).toEqual(facts.map(() => 0));
    await using n8n = await stage.start("incoming", stagingValues);
    expect(await workflows(n8n, apiKeys.staging)).toEqual({ clock: false, hook: false });
    expect(await statusOf(n8n, "/api/v1/workflows", { headers: { "x-n8n-api-key": apiKeys.production } })).toBe(401);
    expect(
      await statusOf(n8n, "/rest/login", json({ emailOrLdapLoginId: login.email, password: login.password })),
    ).toBe(200);
    expect(await openedInCopy(stage, credential)).toEqual({});
    expect(await stage.query("incoming", `SELECT name, type FROM credentials_entity`)).toEqual([
      { name: "Customer mail", type: "smtp" },
    ]);
    expect(await statusOf(n8n, "/webhook/orders", { method: "POST" })).toBe(404);
  });

  it("lets run what the policy names, and encrypts credentials with staging's key where it says so", async () => {
    const n8nPolicy = { activeWorkflows: ["hook"], executions: "drop", credentials: "re-encrypt" } as const;
    await stage.prepare("n8n", { productionValues, stagingValues, n8n: n8nPolicy });
    expect(await openedInCopy(stage, credential)).toMatchObject(secret);
    await using n8n = await stage.start("incoming", stagingValues);
    expect(await workflows(n8n, apiKeys.staging)).toEqual({ clock: false, hook: true });
    // It is registered a moment after n8n is ready.
    await expect.poll(() => statusOf(n8n, "/webhook/orders", { method: "POST" })).toBe(200);
  });

  it("lets n8n ask for an owner anew where staging has none", async () => {
    await stage.prepare("n8n", { stagingValues, withoutLive: true });
    await using n8n = await stage.start("incoming", stagingValues);
    expect(await statusOf(n8n, "/api/v1/workflows", { headers: { "x-n8n-api-key": apiKeys.production } })).toBe(401);
    expect(await workflows(n8n, await setUp(n8n))).toEqual({ clock: false, hook: false });
  });

  it("ends executions that would go on, where they are kept", async () => {
    await stage.copy("production", "incoming");
    await stage.query(
      "incoming",
      `INSERT INTO execution_entity (finished, mode, "startedAt", "createdAt", status, "workflowId", "waitTill")
       SELECT false, 'trigger', now(), now(), 'waiting', id, now() FROM workflow_entity LIMIT 1`,
    );
    await stage.prepare("n8n", { stagingValues, n8n: { ...noPolicy, executions: "keep" } });
    const rows = await stage.query<{ status: string }>(
      "incoming",
      "SELECT DISTINCT status FROM execution_entity ORDER BY 1",
    );
    expect(rows.map(({ status }) => status)).toEqual(["canceled", "success"]);
  });

  it("refuses a copy that has executions, and leaves it as it was", async () => {
    await stage.copy("production", "incoming");
    await expect(stage.prepare("n8n", { stagingValues })).rejects.toThrow(
      /^The copy of n8n is not fit for staging: \d+ rows of executions$/,
    );
    expect(await stage.query("incoming", "SELECT count(*) AS count FROM workflow_entity WHERE active")).toEqual([
      { count: 2 },
    ]);
  });

  it.each([
    [
      "a version that is not known",
      "INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9')",
      /Later9/,
    ],
    ["a column that is gone", 'ALTER TABLE agents RENAME COLUMN "activeVersionId" TO other', /agents\.activeVersionId/],
  ])("refuses %s", async (_, statement, said) => {
    await stage.query("incoming", statement);
    await expect(stage.prepare("n8n", { stagingValues })).rejects.toThrow(said);
  });

  it("refuses keys that do not open what they should", async () => {
    const other = { N8N_ENCRYPTION_KEY: randomKey() };
    const reencrypt = { ...noPolicy, credentials: "re-encrypt" } as const;
    const wrong = stage.prepare("n8n", { stagingValues: other });
    await expect(wrong).rejects.toThrow(/N8N_ENCRYPTION_KEY of staging does not open/);
    await expect(wrong).rejects.toBeInstanceOf(UserError);
    await expect(stage.prepare("n8n", { stagingValues, productionValues: other, n8n: reencrypt })).rejects.toThrow(
      /N8N_ENCRYPTION_KEY of production does not open/,
    );
  });
});

/** Make the owner. @returns an API key of every scope. */
async function setUp(n8n: RunningService): Promise<string> {
  const names = { firstName: "O", lastName: "Wner" };
  expect(await statusOf(n8n, "/rest/owner/setup", json({ ...login, ...names }))).toBe(200);
  // A session is sometimes not taken on a busy machine; more than five logins a minute are refused.
  return await vi.waitFor(() => makeApiKey(n8n), { timeout: 40_000, interval: 10_000 });
}

async function makeApiKey({ url }: RunningService): Promise<string> {
  // n8n ties a session to what calls itself the same browser.
  const browser = { "browser-id": "test" };
  const credentials = { emailOrLdapLoginId: login.email, password: login.password };
  const session = await fetch(`${url}/rest/login`, json(credentials, browser));
  expect(session.status, await session.clone().text()).toBe(200);
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]);
  const headers = { ...browser, cookie: cookie.join("; ") };
  const scopes = await data<string[]>(await fetch(`${url}/rest/api-keys/scopes`, { headers }));
  const key = { label: "test", scopes, expiresAt: null };
  return (await data<{ rawApiKey: string }>(await fetch(`${url}/rest/api-keys`, json(key, headers)))).rawApiKey;
}

/** A credential, two active workflows and an execution. @returns the credential's id. */
async function fill(n8n: RunningService, apiKey: string): Promise<string> {
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${n8n.url}/api/v1/${path}`, json(body, { "x-n8n-api-key": apiKey }));
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as { id: string };
  };
  const place = { id: "a", name: "Start", position: [0, 0] };
  const hook = { ...place, type: "n8n-nodes-base.webhook", typeVersion: 2, webhookId: crypto.randomUUID() };
  const nodes = {
    hook: { ...hook, parameters: { path: "orders", httpMethod: "POST" } },
    clock: { ...place, type: "n8n-nodes-base.scheduleTrigger", typeVersion: 1.2, parameters: {} },
  };
  for (const [name, node] of Object.entries(nodes)) {
    const { id } = await call("workflows", { name, nodes: [node], connections: {}, settings: {} });
    await call(`workflows/${id}/activate`, {});
  }
  // Activation answers before the webhook does.
  await vi.waitFor(async () => expect(await statusOf(n8n, "/webhook/orders", { method: "POST" })).toBe(200), 15_000);
  const smtp = { ...secret, host: "smtp.example.com", port: 465, secure: true, disableStartTls: false, hostName: "h" };
  return (await call("credentials", { name: "Customer mail", type: "smtp", data: smtp })).id;
}

async function workflows({ url }: RunningService, apiKey: string): Promise<Record<string, boolean>> {
  const answer = await fetch(`${url}/api/v1/workflows`, { headers: { "x-n8n-api-key": apiKey } });
  const found = await data<{ name: string; active: boolean }[]>(answer);
  return Object.fromEntries(found.map(({ name, active }) => [name, active]));
}

/** A credential's content, by staging's key. */
async function openedInCopy(stage: ServiceStage, id: string): Promise<unknown> {
  await using incoming = await stage.connect("incoming", true);
  const keys = await readKeyRing(incoming, stagingValues.N8N_ENCRYPTION_KEY, "staging");
  const [row] = await incoming.query<{ data: string }>("SELECT data FROM credentials_entity WHERE id = $1", [id]);
  return JSON.parse(keys.open(row?.data ?? ""));
}

async function data<Data>(answer: Response): Promise<Data> {
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { data: Data }).data;
}

async function statusOf({ url }: RunningService, path: string, options: RequestInit): Promise<number> {
  return (await fetch(url + path, options)).status;
}

function json(body: object, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
