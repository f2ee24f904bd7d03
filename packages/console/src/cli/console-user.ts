import { audit, findInstallation, Option, runVerb, table, UserError } from "@understudy/core";
import { Accounts } from "../access/accounts.ts";
import { askPassword } from "../access/ask-password.ts";
import { hashPassword } from "../access/password.ts";
import type { Role } from "../contract/session.ts";

interface Flags {
  role: Role;
  remove?: boolean;
  list?: boolean;
  json?: boolean;
}

await runVerb(import.meta.url, {
  name: "console:user",
  description: "Let somebody log in to the console, give them another password or role, or remove them.",
  examples: [
    "pnpm console:user ada --role operator            # asks for the password",
    "pnpm console:user bob < password.txt             # a viewer; the password is the first line",
    "pnpm console:user bob --remove",
    "pnpm console:user --list",
  ],
  configure: (command) =>
    command
      .argument("[name]", "by which they log in")
      .addOption(
        new Option("--role <role>", "a viewer sees, an operator also acts")
          .choices(["viewer", "operator"])
          .default("viewer"),
      )
      .option("--remove", "remove them, and end their logins")
      .option("--list", "show users and tokens")
      .option("--json", "print the result as JSON (docs/console.md)"),
  run: async ({ role, remove = false, list = false, json = false }: Flags, name?: string) => {
    const installation = findInstallation();
    using accounts = Accounts.of(installation);
    if (list) return print(accounts.list(), json);
    if (!name || !/^[\w.@-]{1,100}$/.test(name)) {
      throw new UserError("Give a name of letters, digits and . _ @ -", { next: "pnpm console:user ada", exitCode: 2 });
    }
    const record = (detail: object) =>
      audit(installation, { what: "console:user", environment: "console", result: "succeeded", detail });
    if (remove) {
      if (!accounts.remove("user", name))
        throw new UserError(`There is no user ${name}`, { next: "pnpm console:user --list" });
      record({ name, removed: true });
      return say(json, { name, removed: true }, `${name} may no longer log in`);
    }
    accounts.putUser({ name, role }, await hashPassword(await askPassword(name)));
    record({ name, role });
    say(json, { name, role }, `${name} may log in as ${role}`);
  },
});

function print(accounts: ReturnType<Accounts["list"]>, json: boolean): void {
  const rows = accounts.map(({ kind, name, role, at }) => [kind, name, role, at.slice(0, 19)]);
  const shown = rows.length ? table(["what", "name", "role", "since (UTC)"], rows) : "Nobody may log in yet";
  process.stdout.write(json ? `${JSON.stringify(accounts)}\n` : `${shown}\n`);
}

function say(json: boolean, result: object, line: string): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${line}\n`);
}
