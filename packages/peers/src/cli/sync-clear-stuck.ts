import { audit, runVerb } from "@understudy/core";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

await runVerb(import.meta.url, {
  name: "sync:clear-stuck",
  description: "End full syncs whose process died, and remove their chunks. What runs is left alone.",
  examples: ["pnpm sync:clear-stuck --production"],
  configure: (command) => peersFlags(command),
  run: (flags: Flags) =>
    withPeers(flags, (peers) => {
      const cleared = peers.clearStuck();
      const { installation, environment } = peers.target;
      if (cleared.length > 0) {
        audit(installation, {
          what: "sync:clear-stuck",
          environment: environment.name,
          result: "succeeded",
          detail: { cleared },
        });
      }
      print(flags.json, { cleared }, cleared.length ? `Cleared: ${cleared.join(", ")}` : "Nothing is stuck");
    }),
});
