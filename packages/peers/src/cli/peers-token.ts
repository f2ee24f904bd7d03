import { audit, runVerb, UserError } from "@understudy/core";
import type { Peers } from "../peers.ts";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

/** ms: long enough to carry an invitation over to the other server. */
const hour = 3_600_000;
const year = 365 * 24 * hour;

interface TokenFlags extends Flags {
  readonly docker?: string;
  readonly remove?: boolean;
}

await runVerb(import.meta.url, {
  name: "peers:token",
  description:
    "Invite another server: makes the token that pnpm peers:add wants there, good for an hour and one server. With --docker, one by which an installation reaches this server's Docker engine.",
  examples: [
    "pnpm peers:token --production",
    "pnpm peers:token --docker ann-laptop --production     # as powerful as ssh access; needs peers.relayDocker",
    "pnpm peers:token --docker ann-laptop --remove --production",
  ],
  configure: (command) =>
    peersFlags(command)
      .option("--docker <name>", "a token for Docker, for a year; an earlier one of that name holds no longer")
      .option("--remove", "take it back"),
  run: ({ docker, remove = false, ...flags }: TokenFlags) =>
    withPeers(flags, (peers) => {
      if (docker === undefined) return invite(peers, flags);
      if (!/^[\w.@-]{1,60}$/.test(docker))
        throw new UserError("Give a name of letters, digits and . _ @ -", { exitCode: 2 });
      return remove ? takeBack(peers, docker, flags) : letThrough(peers, docker, flags);
    }),
});

function invite(peers: Peers, { json }: Flags): void {
  const token = peers.book.peers.issueToken("invitation", hour);
  note(peers, {});
  const [own] = peers.list();
  print(json, { token, url: own?.url }, `${token}\nOn the other server: pnpm peers:add ${own?.url} --token <that>`);
}

function letThrough(peers: Peers, name: string, { json }: Flags): void {
  if (!peers.settings.relayDocker) {
    throw new UserError("This server's agent relays to no Docker engine", {
      next: "Set peers.relayDocker: true in understudy.yml, and start the agent again",
    });
  }
  const token = peers.book.relayTokens.issue(name, year);
  note(peers, { docker: name });
  const [own] = peers.list();
  const host = `agent://${new URL(own?.url ?? "").host}`;
  print(json, { token, host }, `${token}\nOn the other machine: pnpm peers:reach ${host} --token <that>`);
}

function takeBack(peers: Peers, name: string, { json }: Flags): void {
  if (!peers.book.relayTokens.remove(name)) throw new UserError(`There is no token for Docker called ${name}`);
  note(peers, { docker: name, removed: true });
  print(json, { removed: name }, `${name} is not let through any more`);
}

function note({ target: { installation, environment } }: Peers, detail: object): void {
  audit(installation, { what: "peers:token", environment: environment.name, result: "succeeded", detail });
}
