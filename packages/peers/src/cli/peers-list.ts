import { runVerb, table } from "@understudy/core";
import type { Peers } from "../peers.ts";
import type { PeerClient } from "../remote/peer-client.ts";
import type { Peer } from "../types.ts";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

await runVerb(import.meta.url, {
  name: "peers:list",
  description: "This server and its peers, and whether they answer.",
  examples: ["pnpm peers:list --production"],
  configure: (command) => peersFlags(command),
  run: (flags: Flags) =>
    withPeers(flags, async (peers) => {
      const list = await Promise.all(peers.list().map((peer) => (peer.local ? peer : asked(peers, peer))));
      const rows = list.map(({ name, ipAddress, url, local, reachable, lastSeen }) => [
        `${name} (${ipAddress})${local ? " [Local]" : ""}`,
        url,
        local ? "" : reachable ? "yes" : "no",
        lastSeen ?? "",
      ]);
      print(flags.json, { peers: list }, table(["server", "address", "answers", "last seen"], rows));
    }),
});

async function asked(peers: Peers, peer: Peer): Promise<Peer> {
  let client: PeerClient | undefined;
  try {
    client = await peers.client(peers.find(peer.nodeId));
    await client.greet({ patience: 0, idle: 5_000 });
    return { ...peer, reachable: true };
  } catch {
    return { ...peer, reachable: false };
  } finally {
    client?.close();
  }
}
