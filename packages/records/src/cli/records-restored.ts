import { audit, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:restored",
  description:
    "Say that the server's database was set back to an earlier state: every node then fetches everything anew, and loses nothing.",
  examples: ["pnpm backup:restore … --production && pnpm records:restored --production"],
  configure: (command) => environmentFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: EnvironmentChoice & { json?: boolean }) => {
    const version = await withManager(flags, async (manager, { target }) => {
      const version = await manager.restored();
      audit(target.installation, {
        what: "records:restored",
        environment: target.environment.name,
        result: "succeeded",
        detail: { version },
      });
      return version;
    });
    process.stdout.write(
      flags.json ? `${JSON.stringify({ version })}\n` : `Nodes fetch everything anew; versions go on from ${version}\n`,
    );
  },
});
