import type { Command } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { openPeers, type Peers } from "../peers.ts";

export interface Flags extends EnvironmentChoice {
  readonly json?: boolean;
}

export function peersFlags(command: Command): Command {
  return environmentFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)");
}

/** Open this server's book, do something, and close it. */
export async function withPeers<T>(choice: EnvironmentChoice, work: (peers: Peers) => Promise<T> | T): Promise<T> {
  using peers = await openPeers(chooseTarget(choice));
  return await work(peers);
}

export function print(json: boolean | undefined, result: object, lines: string): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines}\n`);
}
