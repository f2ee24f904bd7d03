import { runVerb } from "@understudy/core";
import { removeSchedule } from "../schedule/schedule.ts";
import { type ChangeFlags, changeFlags } from "../schedule/schedule-command.ts";
import { showRemove } from "../schedule/schedule-report.ts";

await runVerb(import.meta.url, {
  name: "schedule:remove",
  description: "Take the jobs of an environment away from systemd or cron. Nobody else's are touched.",
  examples: ["pnpm schedule:remove --staging", "pnpm schedule:remove --production --only backup --dry-run"],
  configure: (command) =>
    changeFlags(command).option("--only <jobs>", "some of monitor, weekly, backup, drill, team; comma separated"),
  run: async ({ dryRun = false, yes = false, json, ...flags }: ChangeFlags) => {
    const report = await removeSchedule({ ...flags, verb: "schedule:remove", dryRun, yes });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showRemove(report, dryRun));
  },
});
