import { setTimeout as sleep } from "node:timers/promises";
import { operator, runVerb, UserError } from "@understudy/core";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

/** How long whoever drives it may take to stop, ms. */
const patience = 60_000;

await runVerb(import.meta.url, {
  name: "sync:cancel",
  description: "End a full sync that runs; before its restore is committed, the target stays as it was.",
  examples: [
    "pnpm sync:cancel                        # the one that runs",
    "pnpm sync:cancel 6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11",
  ],
  configure: (command) => peersFlags(command.argument("[session]", "its id; default: the one that runs")),
  run: (flags: Flags, given?: string) =>
    withPeers(flags, async (peers) => {
      peers.book.sessions.markStuck();
      const sessionId = given ?? peers.book.sessions.unfinished()[0]?.sessionId;
      if (!sessionId) throw new UserError("No full sync runs", { next: "pnpm sync:sessions lists those that ended" });
      peers.cancel(sessionId, operator());
      const until = Date.now() + patience;
      while (peers.session(sessionId)?.status === "running" && Date.now() < until) await sleep(200);
      const status = peers.session(sessionId)?.status;
      print(flags.json, { sessionId, status }, `${sessionId} is ${status}`);
      return status === "cancelled" ? 0 : 1;
    }),
});
