import { runVerb, UserError } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { environmentFlags } from "@understudy/environment";
import { serviceLogs } from "../logs.ts";

interface Flags extends EnvironmentChoice {
  follow?: boolean;
  tail: string;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "logs",
  description: "Show what a service printed, with secrets redacted.",
  examples: ["pnpm logs n8n", "pnpm logs postgres --follow", "pnpm logs letta --tail 1000 --production"],
  configure: (command) =>
    environmentFlags(
      command.argument("<service>", "as named in the compose files, or one container of several: n8n-worker-2"),
    )
      .option("-f, --follow", "go on as new lines come")
      .option("--tail <lines>", "how many lines of each container to begin with", "200")
      .option("--json", "one JSON object a line (docs/cli-json.md)"),
  run: async (flags: Flags, service: string) => {
    const tail = Number(flags.tail);
    if (!Number.isInteger(tail) || tail < 0)
      throw new UserError(`--tail must be a whole number, not "${flags.tail}"`, { exitCode: 2 });
    const follow = flags.follow ?? false;
    for await (const { container, line, shown } of serviceLogs({ ...flags, service, tail, follow })) {
      process.stdout.write(flags.json ? `${JSON.stringify({ service, container, line })}\n` : `${shown}\n`);
    }
  },
});
