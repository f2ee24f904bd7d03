import { allRowsOf, countRows } from "../count-rows.ts";
import { type KnownVersions, type NamedColumns, requireColumns, requireVersion } from "../require-schema.ts";
import type { Fact, ServiceContext, ServiceData } from "../service-data.ts";

const versions: KnownVersions = {
  service: "Letta",
  query: "SELECT version_num AS migration FROM public.alembic_version",
  releases: { "1c28e167b74f": "0.16.7" },
};

const columns: NamedColumns = {
  providers: ["api_key", "api_key_enc", "access_key", "access_key_enc"],
  mcp_server: [
    "server_type",
    "server_url",
    "token",
    "token_enc",
    "custom_headers",
    "custom_headers_enc",
    "stdio_config",
  ],
  jobs: ["status", "callback_url"],
  runs: ["status", "callback_url"],
};

/** Secrets for tools, sign-ons to other systems, and what Letta asks its model providers about every few minutes. */
const emptied = [
  "agent_environment_variables",
  "sandbox_environment_variables",
  "mcp_oauth",
  "llm_batch_items",
  "llm_batch_job",
];

/** A provider without them is asked with those of the environment file, or not at all. */
const keys = "api_key, api_key_enc, access_key, access_key_enc";

/** A server for tools keeps its name, for what refers to it, and loses where it is and what opens it. */
const nowhere = "http://removed.invalid/";

const unfinished = "status IN ('created', 'pending', 'running')";

/** Letta: no keys, no sign-ons, nothing that goes on or calls back. Its password is of the environment file, not of its tables. */
export const lettaData: ServiceData = {
  database: "letta",
  refuseUnknown: async ({ incoming }) => {
    await requireVersion(incoming, versions);
    await requireColumns(incoming, "The copy of Letta", columns);
  },
  prepare: async ({ incoming }: ServiceContext) => {
    for (const table of emptied) await incoming.query(`DELETE FROM public.${table}`);
    await incoming.query(
      "UPDATE public.providers SET api_key = NULL, api_key_enc = NULL, access_key = NULL, access_key_enc = NULL",
    );
    await incoming.query(
      `UPDATE public.mcp_server SET server_type = 'sse', server_url = $1, token = NULL, token_enc = NULL, custom_headers = NULL,
         custom_headers_enc = NULL, stdio_config = NULL`,
      [nowhere],
    );
    for (const table of ["jobs", "runs"]) {
      await incoming.query(`UPDATE public.${table} SET callback_url = NULL`);
      await incoming.query(`UPDATE public.${table} SET status = 'cancelled' WHERE ${unfinished}`);
    }
  },
  proof: async ({ incoming }): Promise<Fact[]> => [
    { about: "secrets, sign-ons and batches", count: await countRows(incoming, allRowsOf(emptied)) },
    {
      about: "keys of model providers",
      count: await countRows(incoming, `public.providers WHERE num_nonnulls(${keys}) > 0`),
    },
    {
      about: "ways to servers for tools",
      count: await countRows(
        incoming,
        `public.mcp_server WHERE server_url IS DISTINCT FROM $1 OR stdio_config IS NOT NULL
         OR num_nonnulls(token, token_enc, custom_headers, custom_headers_enc) > 0`,
        [nowhere],
      ),
    },
    {
      about: "jobs and runs that would go on or call back",
      count:
        (await countRows(incoming, `public.jobs WHERE ${unfinished} OR callback_url IS NOT NULL`)) +
        (await countRows(incoming, `public.runs WHERE ${unfinished} OR callback_url IS NOT NULL`)),
    },
  ],
};
