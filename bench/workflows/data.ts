import type { Connection } from "../../packages/postgres/src/index.ts";

/** Fill an n8n with workflows of so many nodes in a row, as its editor would save them; their owner is the instance's. */
export async function fill(session: Connection, workflows: number, nodes: number): Promise<void> {
  for (let index = 0; index < workflows; index++) {
    const names = Array.from({ length: nodes }, (_, n) => `Step ${n}`);
    const steps = names.map((name, n) => ({
      ...{ id: `${index}-${n}`, name, type: "n8n-nodes-base.code", typeVersion: 2, position: [n * 200, 0] },
      parameters: {
        jsCode: `// Step ${n} of workflow ${index}\n${"const value = $input.all();\n".repeat(8)}return value;`,
      },
    }));
    const connections = Object.fromEntries(
      names.slice(1).map((name, n) => [names[n], { main: [[{ node: name, type: "main", index: 0 }]] }]),
    );
    await session.query(
      `INSERT INTO public.workflow_entity (id, name, active, nodes, connections, settings, "versionId")
       VALUES ($1, $2, false, $3, $4, '{"executionOrder":"v1"}', gen_random_uuid())`,
      [`bench${index}`, `Workflow ${index}`, JSON.stringify(steps), JSON.stringify(connections)],
    );
  }
}

/** An owner, without whom n8n imports nothing. */
export async function makeOwner(session: Connection): Promise<void> {
  const [owner] = await session.query("SELECT FROM public.project WHERE type = 'personal'");
  if (owner) return;
  await session.query(`WITH made AS (
      INSERT INTO public."user" (id, email, "roleSlug") VALUES (gen_random_uuid(), 'owner@example.com', 'global:owner') RETURNING id
    ), place AS (
      INSERT INTO public.project (id, name, type) VALUES ('benchproject', 'Owner', 'personal') RETURNING id
    )
    INSERT INTO public.project_relation ("projectId", "userId", role) SELECT place.id, made.id, 'project:personalOwner' FROM place, made`);
}
