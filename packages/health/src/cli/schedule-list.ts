import { runVerb } from "@understudy/core";
import { listSchedule, type ScheduleRequest } from "../schedule/schedule.ts";
import { scheduleFlags } from "../schedule/schedule-command.ts";
import { showSchedule } from "../schedule/schedule-report.ts";

await runVerb(import.meta.url, {
  name: "schedule:list",
  description: "Show which jobs of an environment this machine runs, and when next. Changes nothing.",
  examples: ["pnpm schedule:list --production", "pnpm schedule:list --production --json"],
  configure: scheduleFlags,
  run: async ({ json, ...request }: ScheduleRequest & { json?: boolean }) => {
    const report = await listSchedule(request);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showSchedule(report));
  },
});
