import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { findInstallation, runVerb } from "@understudy/core";
import { ownRecipient, teamKey, useTeamKey } from "../key/team-keys.ts";

interface Flags {
  show?: boolean;
  use?: boolean;
}

await runVerb(import.meta.url, {
  name: "team:key",
  description: "Say what this installation's recipient is, where the team's key is, and take over a teammate's.",
  examples: [
    "pnpm team:key                    # your recipient, for teamSync.recipients",
    "pnpm team:key --show             # the team's key itself, to be told to a teammate",
    "pnpm team:key --use < key.txt    # take a teammate's over",
  ],
  configure: (command) =>
    command
      .option("--show", "print the team's key, and nothing else")
      .option("--use", "read the team's key from standard input, and keep it"),
  run: async ({ show = false, use = false }: Flags) => {
    const installation = findInstallation();
    if (use) {
      const lines = createInterface({ input: process.stdin });
      const { value = "" } = await lines[Symbol.asyncIterator]().next();
      lines.close();
      useTeamKey(installation, String(value).trim());
      process.stdout.write("The team's key is in place.\n");
      return;
    }
    const key = teamKey(installation);
    process.stdout.write(
      show
        ? `${key}\n`
        : `Your recipient: ${await ownRecipient(installation)}
The team's key is in ${join(installation.stateDir, "team.key")}. Teammates must have the same one:
  pnpm team:key --show     here, told over a channel that you trust
  pnpm team:key --use      there
`,
    );
  },
});
