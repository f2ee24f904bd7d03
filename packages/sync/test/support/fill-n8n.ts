import { code, node, TestN8n, webhook } from "../../../health/test/support/workflow-n8n.ts";
import type { Garden } from "./planted.ts";
import { json, like } from "./sql.ts";
import type { Stage } from "./stage.ts";

/** Path of production's webhook, and names of the workflows that act by themselves there. */
export const hookPath = "orders-live";
export const workflows = { hook: "Orders", clock: "Every five seconds" } as const;

/** Fill production's n8n: workflows that act, credentials, users, and what was executed. */
export async function fillN8n(stage: Stage, garden: Garden): Promise<void> {
  const api = new TestN8n(stage.url("production", 5678), stage.installation.env("production").N8N_API_KEY ?? "");
  const [parameters, credentials] = [
    garden.plant("n8n parameters", "email"),
    garden.plant("n8n credential name", "email"),
  ];
  const hook = await api.create(
    { name: workflows.hook, nodes: [webhook(hookPath), code("Tell", `return ${JSON.stringify(parameters)};`)] },
    true,
  );
  const clock = node(
    "Clock",
    "scheduleTrigger",
    { rule: { interval: [{ field: "seconds", secondsInterval: 5 }] } },
    1.2,
  );
  await api.create({ name: workflows.clock, nodes: [clock] }, true);
  for (const address of credentials.slice(0, 3)) {
    const data = {
      user: address,
      password: "secret",
      host: "mail.test",
      port: 465,
      secure: true,
      disableStartTls: false,
      hostName: "",
    };
    await api.call("POST", "/credentials", { name: `Mail of ${address}`, type: "smtp", data });
  }
  const more = credentials.slice(3).map((address, index) => ({ id: `planted${index}`, name: `Mail of ${address}` }));
  await stage.sql("production", "n8n", like("credentials_entity", more));
  await stage.sql("production", "n8n", users(garden.plantRows("n8n user", { email: "email", lastName: "name" })));
  await stage.sql("production", "n8n", projects(garden.plant("n8n project name", "email")));
  await stage.sql(
    "production",
    "n8n",
    runs(hook.id, garden.plantRows("n8n execution", { data: "email", workflowData: "name" })),
  );
  const [pinned, remembered] = [garden.plant("n8n pinned data", "phone"), garden.plant("n8n static data", "email")];
  await stage.sql(
    "production",
    "n8n",
    `UPDATE workflow_entity SET "pinData" = ${json({ Webhook: pinned.map((phone) => ({ json: { phone } })) })},
       "staticData" = ${json({ global: { seen: remembered } })} WHERE id = '${hook.id}'`,
  );
}

const users = (rows: readonly object[]) => `
  INSERT INTO "user" (id, email, "firstName", "lastName", password, "roleSlug")
  SELECT gen_random_uuid(), email, 'Clara', "lastName", '$2a$10$' || repeat('x', 53), 'global:member'
  FROM jsonb_to_recordset(${json(rows)}) AS planted (email text, "lastName" text)`;

const projects = (addresses: readonly string[]) => `
  INSERT INTO project (id, name, type) SELECT 'planted' || n, 'Clara <' || address || '>', 'personal'
  FROM jsonb_array_elements_text(${json(addresses)}) WITH ORDINALITY AS planted (address, n)`;

const runs = (workflow: string, rows: readonly object[]) => `
  WITH planted AS (SELECT nextval('execution_entity_id_seq') AS id, * FROM jsonb_to_recordset(${json(rows)}) AS planted (data text, "workflowData" text)),
  made AS (INSERT INTO execution_entity (id, finished, mode, "startedAt", "stoppedAt", status, "workflowId")
    SELECT id, true, 'webhook', now(), now(), 'success', '${workflow}' FROM planted RETURNING id)
  INSERT INTO execution_data ("executionId", "workflowData", data)
  SELECT planted.id, json_build_object('name', "workflowData", 'nodes', '[]'::json), json_build_array(json_build_object('email', data))
  FROM planted JOIN made USING (id)`;
