import { UserError } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { z } from "zod";
import { healthHistorySchema } from "../contract/health.ts";
import { overviewSchema } from "../contract/overview.ts";
import { receiptSchema } from "../contract/receipt.ts";
import { releasesSchema } from "../contract/releases.ts";
import { readView, type ViewName, viewNames, wordsOf } from "../views/by-verb.ts";
import { healthHistory } from "../views/health.ts";
import { KeptAnswers } from "../views/kept.ts";
import { overview } from "../views/overview.ts";
import { receiptView } from "../views/receipt.ts";
import { releasesPage } from "../views/releases.ts";
import { EventStream } from "./events.ts";
import { type Route, route } from "./route.ts";
import type { Desk } from "./routes.ts";

const environment = z.object({ environment: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/) });
const day = 86_400_000;
const lengths = { "1h": day / 24, "24h": day, "7d": 7 * day, "30d": 30 * day, "90d": 90 * day } as const;

/** Several pages that hear the same news ask at once; ms. */
const atOnce = 1_000;

/** What can be looked at. */
export function viewRoutes({ installation, settings, kept, watch }: Desk): Route[] {
  const overviews = new KeptAnswers(atOnce);
  return [
    route({
      method: "GET",
      path: "/api/console/overview",
      summary: "Every environment at one look",
      who: "viewer",
      answer: overviewSchema,
      handle: () => overviews.get("", () => overview(Object.keys(settings.environments))),
    }),
    route({
      method: "GET",
      path: "/api/console/health/:environment",
      summary: "How an environment's checks did",
      who: "viewer",
      params: environment,
      query: z.object({ since: z.enum(["1h", "24h", "7d", "30d", "90d"]).default("24h") }),
      answer: healthHistorySchema,
      handle: ({ params, query }) => healthHistory(params.environment, lengths[query.since]),
    }),
    route({
      method: "GET",
      path: "/api/console/releases/:environment",
      summary: "What an environment ran, the newest first; `before`: the older ones",
      who: "viewer",
      params: environment,
      query: z.object({
        limit: z.coerce.number().int().min(1).max(500).default(100),
        before: z.iso.datetime().optional(),
      }),
      answer: releasesSchema,
      handle: ({ params, query }) => releasesPage(chooseTarget(params), query.limit, query.before),
    }),
    route({
      method: "GET",
      path: "/api/console/receipts/:release",
      summary: "What was signed of a release when staging was proven",
      who: "viewer",
      params: z.object({ release: z.string().regex(/^r-[0-9a-f]{12}$/) }),
      answer: receiptSchema,
      handle: ({ params }) => receiptView({ installation, settings }, params.release),
    }),
    route({
      method: "GET",
      path: "/api/console/views/:view",
      summary: "What a verb tells with --json, see docs/cli-json.md. `fresh` asks anew",
      who: "viewer",
      params: z.object({ view: z.enum(viewNames as [ViewName, ...ViewName[]]) }),
      query: z.looseObject({ environment: z.string(), fresh: z.enum(["true", "false"]).optional() }),
      answer: z.unknown(),
      handle: async ({ params: { view }, query: { fresh, ...asked } }) => {
        refuseUnknown(asked.environment, Object.keys(settings.environments));
        const words = wordsOf(view, asked);
        const key = words.join("\0");
        if (fresh === "true") kept.forget(key);
        return await kept.get(key, () => readView(installation, words));
      },
    }),
    route({
      method: "GET",
      path: "/api/console/events",
      summary: "Server-sent events: `changed` names what a page may have to read again",
      who: "viewer",
      handle: (asked) => {
        const stream = new EventStream(asked, () => stop());
        const stop = watch.listen((topics) => {
          // The monitor's looks change nothing of what verbs tell.
          if (topics.some((topic) => topic !== "health")) kept.forget();
          stream.send("changed", { topics });
        });
      },
    }),
  ];
}

function refuseUnknown(environment: string, known: readonly string[]): void {
  if (known.includes(environment)) return;
  throw new UserError(`No environment is called "${environment}"`, { next: `There are: ${known.join(", ")}` });
}
