import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { randomKey, ServiceStage } from "./support/service-stage.ts";

const admin = { email: "admin@understudy.local", password: "Staging-pass-1" };
const customer = { email: "customer@customer.example", password: "Production-pass-1" };
const stagingValues = { WEBUI_ADMIN_EMAIL: admin.email };
const variables = (password: string) => ({
  WEBUI_SECRET_KEY: randomKey(),
  WEBUI_ADMIN_EMAIL: admin.email,
  WEBUI_ADMIN_PASSWORD: password,
});

describe("Open WebUI's own data after a copy", () => {
  let stage: ServiceStage;

  beforeAll(async () => {
    stage = await ServiceStage.open({
      image: "open-webui",
      port: 8080,
      path: "/health",
      extensions: ["vector"],
      environment: ({ host, name, password }) => ({
        DATABASE_URL: `postgresql://postgres:${password}@${host}:5432/${name}`,
        VECTOR_DB: "pgvector",
        ENABLE_SIGNUP: "false",
        ENABLE_OLLAMA_API: "false",
        RAG_EMBEDDING_ENGINE: "openai",
        OFFLINE_MODE: "true",
        HF_HUB_OFFLINE: "1",
      }),
    });
    {
      // Its administrator has the same address as staging's.
      await using production = await stage.start("production", variables(customer.password));
      const token = await signIn(production.url, { ...admin, password: customer.password });
      const body = { ...customer, name: "A Customer", role: "user" };
      const added = await post(`${production.url}/api/v1/auths/add`, body, token);
      expect(added.status, await added.text()).toBe(200);
    }
    await stage.query("production", acting);
    await using staging = await stage.start("live", variables(admin.password));
    await signIn(staging.url, admin);
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  beforeEach(() => stage.copy("production", "incoming"));

  it("lets in staging's administrator and nobody of production's", async () => {
    const facts = await stage.prepare("openwebui", { stagingValues });
    expect(facts.map(({ count }) => count)).toEqual(facts.map(() => 0));
    await using openWebui = await stage.start("incoming", variables(admin.password));
    const token = await signIn(openWebui.url, admin);
    const users = await fetch(`${openWebui.url}/api/v1/users/`, { headers: { authorization: `Bearer ${token}` } });
    const { users: listed } = (await users.json()) as { users: { email: string }[] };
    expect(listed.map(({ email }) => email.replace(/^[\da-f-]{36}@/, "user@")).sort()).toEqual([
      admin.email,
      customer.email,
      "user@replaced.invalid",
    ]);
    for (const tried of [customer, { ...admin, password: customer.password }]) {
      expect((await post(`${openWebui.url}/api/v1/auths/signin`, tried)).status).toBe(400);
    }
    expect(await stage.query("incoming", "SELECT is_active, next_run_at FROM automation")).toEqual([
      { is_active: false, next_run_at: null },
    ]);
    expect(await stage.query("incoming", "SELECT value FROM config WHERE key = 'openai.api_keys'")).toEqual([
      { value: [""] },
    ]);
  });

  it("refuses a version that is not known, and a staging without an administrator", async () => {
    await expect(stage.prepare("openwebui", { withoutLive: true })).rejects.toThrow(/has no administrator/);
    await stage.query("incoming", "UPDATE alembic_version SET version_num = 'later'");
    await expect(stage.prepare("openwebui", { stagingValues })).rejects.toThrow(/later, known are 0\.12\.4/);
  });
});

async function signIn(url: string, login: { email: string; password: string }): Promise<string> {
  const answer = await post(`${url}/api/v1/auths/signin`, login);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { token: string }).token;
}

async function post(url: string, body: object, token?: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  return await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

/** What would act, and what opens doors. */
const acting = `
  UPDATE config SET value = '["sk-of-production"]' WHERE key = 'openai.api_keys';
  INSERT INTO automation (id, user_id, name, data, is_active, next_run_at, created_at, updated_at)
    SELECT 'a', id, 'Write to customers', '{}', true, 1, 1, 1 FROM "user" LIMIT 1;
  INSERT INTO api_key (id, user_id, key, created_at, updated_at) SELECT 'k', id, 'sk-production', 1, 1 FROM "user" LIMIT 1;
  INSERT INTO oauth_session (id, user_id, provider, token, expires_at, created_at, updated_at)
    SELECT 'o', id, 'google', 'token', 1, 1, 1 FROM "user" LIMIT 1;
  INSERT INTO function (id, name, type, content, meta, valves, is_active, is_global, updated_at, created_at)
    VALUES ('f', 'F', 'filter', 'class Filter: pass', '{}', '{"key":"sk"}', false, false, 1, 1)`;
