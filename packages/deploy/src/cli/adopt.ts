import { runVerb } from "@understudy/core";
import { adopt } from "../adoption/adopt.ts";
import { type AdoptReport, showAdoptable, showAdopted } from "../adoption/report.ts";

interface Flags {
  production?: boolean;
  environment?: string;
  project?: string;
  dryRun?: boolean;
  yes?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "adopt",
  description: "Take over a production that Docker Compose started, without a restart and without copying its data.",
  examples: [
    "pnpm adopt --production --dry-run          # what differs from the compose files; changes nothing",
    "pnpm adopt --production --project shop     # where the host has several Compose projects; asks",
  ],
  configure: (command) =>
    command
      .option("--production", "the production environment (the default)")
      .option("--environment <name>", "which environment of kind production")
      .option("--project <name>", "which Docker Compose project, when the host has several")
      .option("--dry-run", "say what differs, and change nothing")
      .option("--yes", "do not ask")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ environment, project, dryRun = false, yes = false, wait = false, json }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const show = (report: AdoptReport) => void process.stderr.write(showAdoptable(report));
    const report = await adopt({ environment, project, dryRun, yes, wait, say, show });
    const words = report.result === "planned" ? `${showAdoptable(report)}Nothing was changed.\n` : showAdopted(report);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : words);
  },
});
