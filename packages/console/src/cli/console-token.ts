import { audit, findInstallation, Option, runVerb, UserError } from "@understudy/core";
import { Accounts } from "../access/accounts.ts";
import type { Role } from "../contract/session.ts";

await runVerb(import.meta.url, {
  name: "console:token",
  description: "Make a token by which a program uses the console's API, or take one back. It is shown once.",
  examples: ["pnpm console:token grafana", "pnpm console:token ci --role operator", "pnpm console:token ci --remove"],
  configure: (command) =>
    command
      .argument("<name>", "what it is for")
      .addOption(
        new Option("--role <role>", "a viewer sees, an operator also acts")
          .choices(["viewer", "operator"])
          .default("viewer"),
      )
      .option("--remove", "take it back")
      .option("--json", "print the result as JSON (docs/console.md)"),
  run: async ({ role, remove = false, json }: { role: Role; remove?: boolean; json?: boolean }, name: string) => {
    if (!/^[\w.@-]{1,100}$/.test(name)) {
      throw new UserError("Give a name of letters, digits and . _ @ -", { exitCode: 2 });
    }
    const installation = findInstallation();
    using accounts = Accounts.of(installation);
    if (remove && !accounts.remove("token", name)) {
      throw new UserError(`There is no token ${name}`, { next: "pnpm console:user --list" });
    }
    const token = remove ? undefined : accounts.putToken({ name, role });
    const detail = remove ? { name, removed: true } : { name, role };
    audit(installation, { what: "console:token", environment: "console", result: "succeeded", detail });
    const line = token ?? `The token ${name} holds no longer`;
    process.stdout.write(json ? `${JSON.stringify({ ...detail, ...(token ? { token } : {}) })}\n` : `${line}\n`);
  },
});
