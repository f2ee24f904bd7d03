import { runVerb } from "@understudy/core";
import { stop } from "../stop.ts";

interface Flags {
  environment?: string;
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "stop:staging",
  description: "Stop a staging stack. Its data stays; pnpm deploy:staging starts it again.",
  examples: ["pnpm stop:staging", "pnpm stop:staging --environment staging-2"],
  configure: (command) =>
    command
      .option("--environment <name>", "which environment of kind staging in understudy.yml")
      .option("--dry-run", "say what would be stopped, and change nothing")
      .option("--wait", "wait for another run to end instead of refusing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await stop({
      environment: flags.environment,
      dryRun: flags.dryRun ?? false,
      wait: flags.wait ?? false,
      say,
    });
    const done = flags.dryRun ? "would be stopped" : "stopped";
    const line = report.stopped.length
      ? `${report.stopped.join(", ")} ${done}`
      : `Nothing runs in ${report.environment}`;
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${line}\n`);
  },
});
