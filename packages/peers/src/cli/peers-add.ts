import { runVerb, UserError } from "@understudy/core";
import { addPeer } from "../drive/add-peer.ts";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

interface AddFlags extends Flags {
  readonly token?: string;
  readonly plain?: boolean;
}

await runVerb(import.meta.url, {
  name: "peers:add",
  description:
    "Make this server and another one peers, each of which can begin a full sync. Pins the other's certificate.",
  examples: [
    "pnpm peers:add https://192.168.0.114:8095 --token $(cat token)",
    "PEERS_TOKEN=… pnpm peers:add https://192.168.0.114:8095      # not seen in the list of processes",
  ],
  configure: (command) =>
    peersFlags(command.argument("<url>", "of its agent"))
      .option("--token <token>", "that pnpm peers:token made there; else PEERS_TOKEN")
      .option("--plain", "let it be http:// to another machine, where something else encrypts"),
  run: ({ token = process.env.PEERS_TOKEN, plain = false, ...flags }: AddFlags, url: string) =>
    withPeers(flags, async (peers) => {
      if (!token) {
        throw new UserError("A peer is added with a token", { next: "Make one there: pnpm peers:token", exitCode: 2 });
      }
      const peer = await addPeer(peers, { url, token, plain });
      const pinned = peer.fingerprint ? `\nIts certificate: ${peer.fingerprint}` : "";
      print(
        flags.json,
        { peer },
        `${peer.name} is a peer now.${pinned}\nTry: pnpm sync:full pull --peer "${peer.name}" --plan`,
      );
    }),
});
