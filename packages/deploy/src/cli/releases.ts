import { runVerb, UserError } from "@understudy/core";
import { chooseTarget, connectTo, type EnvironmentChoice, environmentFlags, isShared } from "@understudy/environment";
import { historyTable, releaseHistory } from "../releases/history.ts";

interface Flags extends EnvironmentChoice {
  limit: string;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "releases",
  description: "Show which releases an environment ran: who deployed them, when, how long it took, and their receipts.",
  examples: ["pnpm releases --production", "pnpm releases --environment staging --limit 5 --json"],
  configure: (command) =>
    environmentFlags(command)
      .option("--limit <releases>", "how many, the newest", "20")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    const limit = Number(flags.limit);
    if (!Number.isInteger(limit) || limit < 1)
      throw new UserError(`--limit must be a whole number above 0, not "${flags.limit}"`, { exitCode: 2 });
    const target = chooseTarget(flags);
    await using _engine = isShared(target) ? await connectTo(target) : undefined;
    const history = releaseHistory(target, limit);
    process.stdout.write(flags.json ? `${JSON.stringify(history)}\n` : historyTable(history));
  },
});
