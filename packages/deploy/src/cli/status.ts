import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { environmentFlags } from "@understudy/environment";
import { status, statusTable } from "../status.ts";

await runVerb(import.meta.url, {
  name: "status",
  description: "Show what runs in an environment, and who holds its lock.",
  examples: ["pnpm status", "pnpm status --production --json"],
  configure: (command) => environmentFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: EnvironmentChoice & { json?: boolean }) => {
    const report = await status(flags);
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : statusTable(report));
  },
});
