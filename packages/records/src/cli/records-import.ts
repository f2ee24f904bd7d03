import { audit, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { importChanges } from "../file/import-changes.ts";
import { withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:import",
  description:
    "Take the changes of a node that has no line, from the file that it exported; writes its answers beside it.",
  examples: ["pnpm records:import /media/stick/sync_changes.json --production"],
  configure: (command) =>
    environmentFlags(command.argument("<file>", "as exportPendingChanges wrote it")).option(
      "--json",
      "print the result as JSON (docs/cli-json.md)",
    ),
  run: async (flags: EnvironmentChoice & { json?: boolean }, file: string) => {
    const imported = await withManager(flags, async (manager, { target }) => {
      const imported = await importChanges(manager, file);
      audit(target.installation, {
        what: "records:import",
        environment: target.environment.name,
        result: "succeeded",
        detail: imported,
      });
      return imported;
    });
    const { code, changes, conflicts, answers } = imported;
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(imported)}\n`
        : `${changes} changes of ${code} are in, ${conflicts} of them with a conflict. Carry ${answers} back to it\n`,
    );
  },
});
