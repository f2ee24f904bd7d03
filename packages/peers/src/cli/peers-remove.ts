import { audit, runVerb } from "@understudy/core";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

await runVerb(import.meta.url, {
  name: "peers:remove",
  description: "Forget a peer; its token ends here at once.",
  examples: ["pnpm peers:remove 'Server B' --production"],
  configure: (command) => peersFlags(command.argument("<peer>", "its name, node id or host")),
  run: (flags: Flags, who: string) =>
    withPeers(flags, (peers) => {
      const { nodeId, name } = peers.find(who);
      peers.book.peers.remove(nodeId);
      const { installation, environment } = peers.target;
      audit(installation, {
        what: "peers:remove",
        environment: environment.name,
        result: "succeeded",
        detail: { nodeId, name },
      });
      print(flags.json, { removed: nodeId }, `${name} is no peer any more. Over there: pnpm peers:remove`);
    }),
});
