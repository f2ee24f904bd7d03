import { allRowsOf, countRows } from "../count-rows.ts";
import { lockedPassword } from "../locked-password.ts";
import { requireColumns, requireVersion } from "../require-schema.ts";
import type { Fact, ServiceContext, ServiceData } from "../service-data.ts";
import { foreignCredentials, writeCredentials } from "./credentials.ts";
import { carryOwn } from "./own.ts";
import { allowedWorkflows, quieten, unfinished } from "./quieten.ts";
import { copyColumns, dueTables, executionTables, n8nVersions, ownColumns } from "./schema.ts";

/** n8n: nothing runs by itself, credentials are stubs or staging's, its owner and API keys are staging's. */
export const n8nData: ServiceData = {
  database: "n8n",
  refuseUnknown: async ({ incoming, live }) => {
    await requireVersion(incoming, n8nVersions);
    await requireColumns(incoming, "The copy of n8n", copyColumns);
    if (live) await requireColumns(live, "Staging's n8n", ownColumns);
  },
  prepare: async (context) => {
    await quieten(context);
    await carryOwn(context);
    await writeCredentials(context);
  },
  proof,
};

async function proof(context: ServiceContext): Promise<Fact[]> {
  const { incoming, live, production, n8n } = context;
  const allowed = await allowedWorkflows(production, n8n.activeWorkflows);
  const own = await live?.query<{ password: string }>(`SELECT password FROM public."user" WHERE password IS NOT NULL`);
  const keys = await live?.query<{ id: string }>("SELECT id FROM public.user_api_keys");
  const count = (from: string, values: readonly unknown[] = []) => countRows(incoming, from, values);
  return [
    {
      about: "active workflows that sanitize.yml does not name",
      count: await count(`public.workflow_entity WHERE (active OR "activeVersionId" IS NOT NULL) AND id <> ALL($1)`, [
        allowed,
      ]),
    },
    { about: "published agents", count: await count(`public.agents WHERE "activeVersionId" IS NOT NULL`) },
    { about: "webhooks, schedules and tasks that are due", count: await count(allRowsOf(dueTables)) },
    {
      about: "workflows with pinned or static data",
      count: await count(`public.workflow_entity WHERE "pinData" IS NOT NULL OR "staticData" IS NOT NULL`),
    },
    n8n.executions === "drop"
      ? { about: "rows of executions", count: await count(allRowsOf(executionTables)) }
      : {
          about: "executions that would go on",
          count: await count(`public.execution_entity WHERE status = ANY($1) OR "waitTill" IS NOT NULL`, [unfinished]),
        },
    { about: "foreign credentials", count: await foreignCredentials(context) },
    {
      about: "passwords that are not staging's",
      count: await count(`public."user" WHERE password <> ALL($1)`, [
        [lockedPassword, ...(own ?? []).map(({ password }) => password)],
      ]),
    },
    {
      about: "API keys that are not staging's",
      count: await count("public.user_api_keys WHERE id <> ALL($1)", [(keys ?? []).map(({ id }) => id)]),
    },
  ];
}
