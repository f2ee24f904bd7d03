import { randomUUID } from "node:crypto";
import { N8n, n8nPort } from "../../packages/n8n/src/index.ts";
import type { Stage } from "./stage.ts";

/** What is asked of a service, again and again. `<id>` stands for a text that names one write. */
export interface Asked {
  readonly service: ServiceName;
  /** Through the edge, without a slash at the end. */
  readonly url: string;
  readonly read: string;
  readonly write: { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
  /** Where written ids are found afterwards. */
  readonly written: { readonly database: string; readonly column: string; readonly table: string };
}

/** The services that production's edge serves. */
export const serviceNames = ["n8n", "letta", "open-webui"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Make what the requests need: a workflow that writes down what it is sent, and a login. */
export async function prepareServices(stage: Stage): Promise<Asked[]> {
  const values = stage.installation.env("production");
  await stage.query("app", "CREATE TABLE IF NOT EXISTS notes (note text); ALTER TABLE notes OWNER TO app");
  await makeWorkflow(stage, values);
  const openWebui = stage.url(8080);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  return [
    {
      service: "n8n",
      url: stage.url(n8nPort),
      read: "/healthz/readiness",
      write: { path: "/webhook/note", headers: {}, body: { note: "<id>" } },
      written: { database: "app", table: "notes", column: "note" },
    },
    {
      service: "letta",
      url: stage.url(8283),
      read: "/v1/health/",
      write: {
        path: "/v1/blocks/",
        headers: bearer(values.LETTA_SERVER_PASSWORD ?? ""),
        body: { label: "<id>", value: "something to remember" },
      },
      written: { database: "letta", table: "block", column: "label" },
    },
    {
      service: "open-webui",
      url: openWebui,
      read: "/health",
      write: {
        path: "/api/v1/notes/create",
        headers: bearer(await signIn(openWebui, values)),
        body: { title: "<id>", data: { content: { md: "something to remember" } } },
      },
      written: { database: "openwebui", table: "note", column: "title" },
    },
  ];
}

async function makeWorkflow(stage: Stage, values: Record<string, string>): Promise<void> {
  const container = await stage.engine.docker.getContainer(`${stage.production}-n8n`).inspect();
  const { hostname, port } = new URL(stage.url(n8nPort));
  const address = { host: hostname, port: Number(port) };
  const n8n = new N8n({ container, address, environment: { name: "production", kind: "production" }, values });
  const login = { host: "postgres", database: "app", user: "app", password: values.APP_DB_PASSWORD, port: 5432 };
  const credential = await n8n.createCredential({
    name: "notes",
    type: "postgres",
    data: { ...login, ssl: "disable", allowUnauthorizedCerts: false, sshTunnel: false },
  });
  const node = { id: randomUUID(), disabled: false };
  const { id } = await n8n.createWorkflow({
    name: "Write it down",
    nodes: [
      {
        ...{ ...node, name: "Called", type: "n8n-nodes-base.webhook", typeVersion: 2, position: [0, 0] },
        parameters: { httpMethod: "POST", path: "note", responseMode: "lastNode", options: {} },
        webhookId: randomUUID(),
      },
      {
        ...{ ...node, id: randomUUID(), name: "Written", type: "n8n-nodes-base.postgres", typeVersion: 2.6 },
        position: [200, 0],
        parameters: {
          operation: "executeQuery",
          query: "INSERT INTO notes VALUES ($1) RETURNING note",
          options: { queryReplacement: "={{ $json.body.note }}" },
        },
        credentials: { postgres: { id: credential.id, name: credential.name } },
      },
    ],
    connections: { Called: { main: [[{ node: "Written", type: "main", index: 0 }]] } },
    settings: {},
  } as never);
  await n8n.activate(id);
}

async function signIn(url: string, values: Record<string, string>): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auths/signin`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: values.WEBUI_ADMIN_EMAIL, password: values.WEBUI_ADMIN_PASSWORD }),
  });
  if (!answer.ok) throw new Error(`Open WebUI answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}
