import { allRowsOf, countRows } from "../count-rows.ts";
import { lockedPassword } from "../locked-password.ts";
import { type KnownVersions, type NamedColumns, requireColumns, requireVersion } from "../require-schema.ts";
import type { Fact, ServiceContext, ServiceData } from "../service-data.ts";
import { carryOwn } from "./own.ts";

const versions: KnownVersions = {
  service: "Open WebUI",
  query: "SELECT version_num AS migration FROM public.alembic_version",
  releases: { "0bd252b206fb": "0.12.4" },
};

const ownColumns: NamedColumns = {
  user: ["id", "email", "role", "created_at", "oauth", "scim"],
  auth: ["id", "email", "password", "mfa", "session_stamp"],
  api_key: ["id", "user_id", "key"],
  config: ["key", "value"],
};

const copyColumns: NamedColumns = {
  ...ownColumns,
  app: ["api_key", "is_active"],
  automation: ["is_active", "next_run_at"],
  chat: ["timer_at"],
  function: ["valves"],
  tool: ["valves"],
};

/** Keys, sessions and tokens of production's, and its settings: connections with their keys are among them. */
const emptied = ["api_key", "channel_webhook", "config", "config_old", "oauth_session"];

/** Open WebUI: nothing runs by itself, no key of production's; its settings, administrator and API keys are staging's. */
export const openWebuiData: ServiceData = {
  database: "openwebui",
  refuseUnknown: async ({ incoming, live }) => {
    await requireVersion(incoming, versions);
    await requireColumns(incoming, "The copy of Open WebUI", copyColumns);
    if (live) await requireColumns(live, "Staging's Open WebUI", ownColumns);
  },
  prepare: async (context) => {
    const { incoming } = context;
    for (const table of emptied) await incoming.query(`DELETE FROM public.${table}`);
    await incoming.query("UPDATE public.app SET is_active = false, api_key = NULL");
    await incoming.query("UPDATE public.automation SET is_active = false, next_run_at = NULL");
    await incoming.query("UPDATE public.chat SET timer_at = NULL WHERE timer_at IS NOT NULL");
    await incoming.query("UPDATE public.function SET valves = NULL");
    await incoming.query("UPDATE public.tool SET valves = NULL");
    await incoming.query(`UPDATE public."user" SET oauth = NULL, scim = NULL`);
    await carryOwn(context);
  },
  proof,
};

async function proof({ incoming, live }: ServiceContext): Promise<Fact[]> {
  const own = await live?.query<{ password: string }>("SELECT password FROM public.auth");
  const keys = await live?.query<{ key: string }>("SELECT key FROM public.api_key");
  const count = (from: string, values: readonly unknown[] = []) => countRows(incoming, from, values);
  return [
    {
      about: "passwords that are not staging's",
      count: await count("public.auth WHERE password <> ALL($1)", [
        [lockedPassword, ...(own ?? []).map(({ password }) => password)],
      ]),
    },
    {
      about: "API keys that are not staging's",
      count: await count("public.api_key WHERE key <> ALL($1)", [(keys ?? []).map(({ key }) => key)]),
    },
    {
      about: "sessions, tokens and old settings",
      count: await count(allRowsOf(["channel_webhook", "config_old", "oauth_session"])),
    },
    {
      about: "automations, apps and timers that would act",
      count:
        (await count("public.automation WHERE is_active OR next_run_at IS NOT NULL")) +
        (await count("public.app WHERE is_active OR api_key IS NOT NULL")) +
        (await count("public.chat WHERE timer_at IS NOT NULL")),
    },
    {
      about: "secrets of tools and functions",
      count:
        (await count("public.tool WHERE valves IS NOT NULL")) +
        (await count("public.function WHERE valves IS NOT NULL")),
    },
  ];
}
