import { audit, operator, runVerb, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import type { Choice } from "../server/resolve.ts";
import { withManager } from "./open-manager.ts";

interface Flags extends EnvironmentChoice {
  readonly take?: "theirs" | "ours" | "deleted";
  readonly set: readonly string[];
  readonly json?: boolean;
}

await runVerb(import.meta.url, {
  name: "records:resolve",
  description:
    "Decide a conflict that waits for a person: the node's version, the server's, none, or values of your own.",
  examples: [
    "pnpm records:status                                   # lists those that wait",
    "pnpm records:resolve 0b0f1f5e-… --take theirs",
    "pnpm records:resolve 0b0f1f5e-… --set name='Resolved Name' --set value=150",
  ],
  configure: (command) =>
    environmentFlags(command.argument("<conflict>", "its id"))
      .option("--take <whose>", "theirs (the node's), ours (the server's) or deleted")
      .option(
        "--set <column=value>",
        "a value of your own, over the server's; again for more",
        (one: string, all: string[]) => [...all, one],
        [],
      )
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags, id: string) => {
    const choice = choiceOf(flags);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
      throw new UserError(`"${id}" is no conflict's id`, { exitCode: 2 });
    const lost = await withManager(flags, async (manager, { target }) => {
      const lost = await manager.resolve(id, choice, { name: operator() });
      const { entity_type, entity_uuid } = lost;
      audit(target.installation, {
        what: "records:resolve",
        environment: target.environment.name,
        result: "succeeded",
        detail: { id, entity_type, entity_uuid },
      });
      return lost;
    });
    process.stdout.write(
      flags.json
        ? `${JSON.stringify({ resolved: lost })}\n`
        : `${lost.entity_type} ${lost.entity_uuid} is decided, and goes out to all nodes\n`,
    );
  },
});

function choiceOf({ take, set }: Flags): Choice {
  if ((take === undefined) === (set.length === 0)) throw new UserError("Give --take, or --set", { exitCode: 2 });
  if (take !== undefined) {
    if (!["theirs", "ours", "deleted"].includes(take))
      throw new UserError(`--take "${take}" is none of: theirs, ours, deleted`, { exitCode: 2 });
    return take;
  }
  return Object.fromEntries(
    set.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new UserError(`--set "${text}" is no column=value`, { exitCode: 2 });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
