import { type Command, runVerb } from "@understudy/core";
import type { EnvironmentChoice } from "@understudy/environment";
import { createMigration } from "../create/create-migration.ts";
import { showCreated } from "../create/report.ts";
import { collect, noWorkflow } from "./flags.ts";

interface Flags extends EnvironmentChoice {
  id: string[];
  withDependencies?: boolean;
  publish?: boolean;
  notes?: string;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "n8n:create-migration",
  description: "Make a migration of a workflow of the local n8n: plain SQL in workflows/migrations, for git.",
  examples: [
    'pnpm n8n:create-migration "Order intake"',
    'pnpm n8n:create-migration "Order intake" --with-dependencies --notes "asks for the VAT id"',
    "pnpm n8n:create-migration --id 8Vn2hTqLwXyZ0aBc --publish",
    'LOCAL_DATABASE_URL=postgres://… pnpm n8n:create-migration "Order intake"',
  ],
  configure: (command: Command) =>
    command
      .argument("[name...]", "names of workflows, as n8n shows them")
      .option("--id <id>", "a workflow by its id (may be repeated)", collect, [])
      .option("--with-dependencies", "also of the workflows that it calls")
      .option("--publish", "let it be live wherever it may be, though it is not live here")
      .option("--notes <text>", "a line for those who review it")
      .option("--environment <name>", "an environment of understudy.yml")
      .option("--staging", "the staging environment (the default)")
      .option("--json", "print the result as JSON (docs/workflows.md)"),
  run: async ({ id, withDependencies = false, publish = false, notes, json, ...choice }: Flags, ...names: string[]) => {
    if (names.length + id.length === 0) throw noWorkflow("n8n:create-migration");
    const report = await createMigration({ ...choice, names, ids: id, withDependencies, publish, notes });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : showCreated(report));
  },
});
