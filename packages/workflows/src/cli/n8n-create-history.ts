import { runVerb } from "@understudy/core";
import { createHistory } from "../create/create-history.ts";
import { showCreated } from "../create/report.ts";
import { type HistoryFlags, historyFlags, historyRequest } from "./history-flags.ts";

await runVerb(import.meta.url, {
  name: "n8n:create-history",
  description: "Make migrations of the workflows that were changed in production. Production is only read.",
  examples: [
    "pnpm n8n:create-history",
    'pnpm n8n:create-history "Order intake"',
    "pnpm n8n:create-history --days 30 --json",
    "PROD_DATABASE_URL=postgres://… pnpm n8n:create-history --all",
    "PROD_SUPABASE_URL=https://… PROD_SUPABASE_SERVICE_KEY=… pnpm n8n:create-history",
  ],
  configure: historyFlags,
  run: async (flags: HistoryFlags, name?: string) => {
    const report = await createHistory(historyRequest(flags, name));
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : showCreated(report));
  },
});
