import { runVerb } from "@understudy/core";
import { type ChangeFlags, changeFlags, runInstall } from "../schedule/schedule-command.ts";

await runVerb(import.meta.url, {
  name: "health:install",
  description: "Let systemd (or cron, where there is none) keep an environment's monitor running.",
  examples: ["pnpm health:install --production", "pnpm health:install --production --dry-run"],
  configure: changeFlags,
  run: (flags: ChangeFlags) => runInstall("health:install", { ...flags, only: "monitor" }),
});
