import { runVerb, table } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { changesLine } from "../report/deploy-report.ts";
import { type ScaleReport, scale } from "../scale.ts";
import { readNumbers } from "../scale-numbers.ts";

interface Flags extends EnvironmentChoice {
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "scale",
  description:
    "Run a service in more or fewer containers; without a number, say how many run. Deploys keep the number.",
  examples: ["pnpm scale", "pnpm scale n8n-worker=3", "pnpm scale n8n-worker=4 n8n-webhook=2 --production --dry-run"],
  configure: (command) =>
    environmentFlags(command)
      .argument("[service=number...]", "services as the compose files name them")
      .option("--dry-run", "say what would change, and change nothing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ dryRun = false, wait = false, json, ...choice }: Flags, ...words: string[]) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await scale({ ...choice, wanted: readNumbers(words), dryRun, wait, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report, dryRun));
  },
});

function describe({ environment, services, changes }: ScaleReport, dryRun: boolean): string {
  const rows = services.map(({ service, running, wanted }) => [service, `${running} of ${wanted}`]);
  const end = dryRun
    ? "Dry run: nothing was changed"
    : `${environment}: ${changes ? changesLine(changes) : "as it runs"}`;
  return `${table(["service", "runs"], rows)}\n${end}.\n`;
}
