import { runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { isDecided, jsonPolicy, showPolicy } from "../policy/report.ts";
import { syncPolicy } from "../policy/sync-policy.ts";

interface Flags extends EnvironmentChoice {
  /** Names, when only some are meant. */
  accept?: boolean | string[];
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
    "pnpm sync:policy --accept 'app public.people.mail'   # only this one, as the list calls it",
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
      .option("--accept [what...]", "write the proposals to sanitize.yml: all, or those that are named")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async ({ accept = false, databases, json, ...choice }: Flags) => {
    const report = await syncPolicy({ ...choice, accept, databases });
    process.stdout.write(json ? `${JSON.stringify(jsonPolicy(report))}\n` : showPolicy(report));
    // Who accepts some of them knows that others are open.
    return isDecided(report.lacks) || Array.isArray(accept) ? 0 : 1;
  },
});
