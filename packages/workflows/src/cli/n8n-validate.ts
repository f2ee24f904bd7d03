import { findInstallation, loadSettings, runVerb } from "@understudy/core";
import { MigrationFolder } from "../file/folder.ts";
import { validate } from "../validate/validate.ts";

await runVerb(import.meta.url, {
  name: "n8n:validate",
  description:
    "Look at every workflow migration as CI does: form, names, secrets, what it follows and calls. Needs no n8n.",
  examples: ["pnpm n8n:validate", "pnpm n8n:validate --json"],
  configure: (command) => command.option("--json", "print the result as JSON (docs/workflows-ci.md)"),
  run: async ({ json }: { json?: boolean }) => {
    const installation = findInstallation();
    const { allowedValues } = loadSettings(installation).workflows;
    const folder = new MigrationFolder(installation);
    const files = folder.files();
    const issues = [
      ...validate(files, allowedValues),
      ...folder.strayData().map((file) => ({
        migration: file,
        message: `${file} belongs to no migration`,
        next: "Remove it, or bring back its migration",
      })),
    ];
    if (json) process.stdout.write(`${JSON.stringify({ migrations: files.length, issues })}\n`);
    else {
      for (const { message, next } of issues) process.stdout.write(`✘ ${message}. ${next}\n`);
      process.stdout.write(`${files.length} migrations, ${issues.length} issues\n`);
    }
    return issues.length ? 1 : 0;
  },
});
