import { audit, runSteps, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:enable",
  description:
    "Let a table take part: adds uuid, updated_at and is_deleted where they are missing, and captures every write.",
  examples: ["pnpm records:enable notes --production"],
  configure: (command) =>
    environmentFlags(command.argument("<table>", "in the schema of the database's user")).option(
      "--json",
      "print the result as JSON (docs/cli-json.md)",
    ),
  run: async (flags: EnvironmentChoice & { json?: boolean }, table: string) => {
    const done = await withManager(flags, async (manager, { target }) => {
      let done: string[] = [];
      const run = async () => {
        done = await manager.enable(table);
      };
      await runSteps([{ title: `Let ${table} take part`, run }]);
      audit(target.installation, {
        what: "records:enable",
        environment: target.environment.name,
        result: "succeeded",
        detail: { table, done },
      });
      return done;
    });
    process.stdout.write(
      flags.json ? `${JSON.stringify({ table, done })}\n` : `${table} takes part: ${done.join(", ")}\n`,
    );
  },
});
