import { audit, runVerb, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { findNode, revokeToken } from "../books/nodes.ts";
import { withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:revoke",
  description: "End a node's token at once. It can register again with the enrolment secret.",
  examples: ["pnpm records:revoke DESKTOP-USER-1 --production"],
  configure: (command) => environmentFlags(command.argument("<code>", "of the node")),
  run: async (flags: EnvironmentChoice, code: string) =>
    await withManager(flags, async (manager, { target }) => {
      const found = await manager.store.transaction(function* () {
        const node = yield* findNode("code", code);
        if (node) yield* revokeToken(node.id);
        return node;
      });
      if (!found) throw new UserError(`No node is called "${code}"`, { next: "pnpm records:status lists them" });
      audit(target.installation, {
        what: "records:revoke",
        environment: target.environment.name,
        result: "succeeded",
        detail: { code },
      });
      process.stdout.write(`The token of ${code} is worth nothing any more\n`);
    }),
});
