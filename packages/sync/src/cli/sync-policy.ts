import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { isDecided, jsonPolicy, showPolicy } from "../policy/report.ts";
import { syncPolicy } from "../policy/sync-policy.ts";

interface Flags extends EnvironmentChoice {
  accept?: boolean;
  databases?: readonly string[];
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "sync:policy",
  description:
    "Look for what sanitize.yml says nothing of in production, and propose a rule for each by name, type and how values look. Production is only read.",
  examples: [
    "pnpm sync:policy                     # what is unknown, what is proposed, and why",
    "pnpm sync:policy --accept            # write the proposals to sanitize.yml; what is there already stays",
    "pnpm sync:policy --databases app --json",
  ],
  configure: (command) =>
    command
      .option("--environment <name>", "an environment of kind production")
      .option("--production", "the production environment (the default)")
      .option(
        "--databases <names>",
        "only these, and nothing but databases; with commas between them",
        (text: string) => text.split(",").map((name) => name.trim()),
      )
      .option("--accept", "write the proposals to sanitize.yml")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ accept = false, databases, json, ...choice }: Flags) => {
    const report = await syncPolicy({ ...choice, accept, databases });
    process.stdout.write(json ? `${JSON.stringify(jsonPolicy(report))}\n` : showPolicy(report));
    return isDecided(report.lacks) ? 0 : 1;
  },
});
