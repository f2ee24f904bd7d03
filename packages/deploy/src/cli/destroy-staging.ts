import { runVerb } from "@understudy/core";
import { type DestroyReport, destroy } from "../destroy.ts";

interface Flags {
  environment?: string;
  volumes?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "destroy:staging",
  description: "Remove a staging stack. Its data stays unless --volumes is said; its .env file always stays.",
  examples: [
    "pnpm destroy:staging                  # asks, keeps the data",
    "pnpm destroy:staging --volumes --yes  # the data too, without asking",
    "pnpm destroy:staging --dry-run",
  ],
  configure: (command) =>
    command
      .option("--environment <name>", "which environment of kind staging in understudy.yml")
      .option("--volumes", "remove the data volumes too")
      .option("--yes", "do not ask")
      .option("--dry-run", "say what would be removed, and change nothing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ environment, volumes = false, yes = false, dryRun = false, wait = false, json }: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await destroy({ environment, volumes, yes, dryRun, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report, dryRun));
  },
});

function describe({ environment, containers, networks, volumes }: DestroyReport, dryRun: boolean): string {
  const removed = dryRun ? "would be removed" : "removed";
  const data = volumes.length ? `, data volumes: ${volumes.join(", ")}` : "; its data stays";
  return `${environment}: containers ${list(containers)} and networks ${list(networks)} ${removed}${data}\n`;
}

function list(names: readonly string[]): string {
  return names.length ? names.join(", ") : "(none)";
}
