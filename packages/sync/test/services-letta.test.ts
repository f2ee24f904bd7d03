import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { randomKey, ServiceStage } from "./support/service-stage.ts";

const organization = "org-00000000-0000-4000-8000-000000000000";
const headers = { authorization: "Bearer password", "content-type": "application/json" };
const secrets = ["sk-of-production", "token-of-production", "variable-of-production"];

describe("Letta's own data after a copy", () => {
  let stage: ServiceStage;

  beforeAll(async () => {
    stage = await ServiceStage.open({
      image: "letta",
      port: 8283,
      path: "/v1/health/",
      extensions: ["vector"],
      environment: ({ host, name, password }) => ({
        LETTA_PG_URI: `postgresql://postgres:${password}@${host}:5432/${name}`,
        SECURE: "true",
        LETTA_SERVER_PASSWORD: "password",
      }),
    });
    {
      await using production = await stage.start("production", { LETTA_ENCRYPTION_KEY: randomKey() });
      await fill(production.url);
    }
    await stage.query("production", running);
    await stage.copy("production", "live");
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  beforeEach(() => stage.copy("production", "incoming"));

  it("goes on with nothing, and holds no key", async () => {
    const facts = await stage.prepare("letta");
    expect(facts.map(({ count }) => count)).toEqual(facts.map(() => 0));
    await using letta = await stage.start("incoming", { LETTA_ENCRYPTION_KEY: randomKey() });
    const get = async <Answer>(path: string) => {
      const answer = await fetch(`${letta.url}/v1/${path}`, { headers });
      expect(answer.status, await answer.clone().text()).toBe(200);
      return (await answer.json()) as Answer;
    };
    const agents = await get<{ name: string; secrets: unknown[] }[]>("agents/");
    expect(agents.map(({ name, secrets }) => ({ name, secrets }))).toEqual([{ name: "helper", secrets: [] }]);
    expect((await get<{ name: string }[]>("providers/")).map(({ name }) => name)).toContain("bought");
    expect(await get("tools/mcp/servers")).toMatchObject({
      crm: { server_url: "http://removed.invalid/", auth_token: null },
      local: { server_url: "http://removed.invalid/" },
    });
    expect(await stage.query("incoming", "SELECT status, callback_url FROM jobs")).toEqual([
      { status: "cancelled", callback_url: null },
    ]);
  });

  it("refuses a version that is not known", async () => {
    await stage.query("incoming", "UPDATE alembic_version SET version_num = 'later'");
    await expect(stage.prepare("letta")).rejects.toThrow(/Letta .* is not known .* later, known are 0\.16\.7/);
  });
});

async function fill(url: string): Promise<void> {
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${url}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    expect(answer.status, await answer.text()).toBe(200);
  };
  const [key, token, variable] = secrets;
  const llm = {
    model: "m",
    model_endpoint_type: "openai",
    model_endpoint: "http://model.invalid",
    context_window: 8_000,
  };
  const embedding = { embedding_model: "e", embedding_endpoint_type: "openai", embedding_dim: 8 };
  await send("POST", "providers/", { name: "bought", provider_type: "openai", api_key: key });
  await send("POST", "agents/", {
    name: "helper",
    llm_config: llm,
    embedding_config: { ...embedding, embedding_endpoint: "http://model.invalid" },
    secrets: { TOKEN: variable },
  });
  const server = { server_name: "crm", type: "sse", server_url: "http://crm.invalid/" };
  await send("PUT", "tools/mcp/servers", { ...server, auth_header: "Authorization", auth_token: token });
}

/** A job that runs and would call back when it ends, and a server for tools that only a Letta of one's own may have. */
const running = `
  INSERT INTO jobs (id, user_id, status, job_type, callback_url, organization_id, is_deleted, background)
  SELECT 'job-1', id, 'running', 'job', 'http://customer.example/done', '${organization}', false, true FROM users;
  INSERT INTO mcp_server (id, server_name, server_type, stdio_config, organization_id, is_deleted)
  VALUES ('mcp_server-' || gen_random_uuid(), 'local', 'stdio', '{"server_name":"local","type":"stdio","command":"mail","args":[],"env":{"TOKEN":"t"}}',
    '${organization}', false)`;
