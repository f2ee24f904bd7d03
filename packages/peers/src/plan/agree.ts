import { isThisMachine, UserError } from "@understudy/core";
import type { Look } from "./look.ts";

/** Which product and protocol this is: others are refused before anything else. */
export const product = "understudy";
export const protocol = 1;

/** Clocks that are further apart than that are told of, ms. */
const clockBound = 60_000;

export interface Greeting {
  readonly product: string;
  readonly protocol: number;
  readonly kind: "production" | "staging";
  readonly nodeId: string;
  readonly name: string;
  /** Which database of which server, e.g. `7301…/16384`; null: none is set. */
  readonly databaseId: string | null;
}

/** @throws UserError when these two must not sync */
export function assertAgree(ours: Greeting, theirs: Greeting): void {
  if (theirs.product !== product) {
    throw new UserError(`${theirs.name || "The peer"} is no ${product} server: it says "${theirs.product}"`, {
      next: "Check the address",
    });
  }
  if (theirs.protocol !== ours.protocol) {
    throw new UserError(`${theirs.name} speaks protocol ${theirs.protocol}, and this server ${ours.protocol}`, {
      next: "Run the same version of Understudy on both",
    });
  }
  if (theirs.nodeId === ours.nodeId) {
    throw new UserError(`${theirs.name} is this very server`, { next: "Give another server's address" });
  }
  if (theirs.kind !== ours.kind) {
    throw new UserError(`${theirs.name} is of kind ${theirs.kind}, and this server of kind ${ours.kind}`, {
      next: "Peers are of one kind; production's data comes to staging masked, by pnpm sync:production",
    });
  }
  if (ours.databaseId !== null && ours.databaseId === theirs.databaseId) {
    throw new UserError(`${theirs.name} uses the same database as this server`, {
      next: "Check PEERS_DATABASE_URL on both",
    });
  }
}

/** Whether what is sent to an address cannot be read on the way. */
export function isEncrypted({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isThisMachine(hostname);
}

/** What both sides need before anything is done. @throws UserError for a login that may not do it, or when there is no room for the chunks */
export function assertReady(
  source: { readonly name: string; readonly look: Look },
  target: { readonly name: string; readonly look: Look },
  /** What the carried tables take on the source's disk. */
  bytes: number,
  method: "backup" | "http",
): void {
  const sides = method === "backup" ? [source, target] : [target];
  for (const { name, look } of sides) {
    if (look.role.superuser) continue;
    throw new UserError(`${name} logs in to its database as "${look.role.name}", who is no superuser`, {
      next: `Give a superuser in PEERS_DATABASE_URL of ${name}: rows stay out of the server's log, and triggers rest`,
    });
  }
  for (const { name, look } of sides) {
    if (look.freeBytes >= bytes) continue;
    throw new UserError(`${name} has ${megabytes(look.freeBytes)} free, and chunks may need ${megabytes(bytes)}`, {
      next: `Free some room below .understudy/peers of ${name}${name === source.name ? ", or use --method http, which needs none at the source" : ""}`,
    });
  }
}

/** For people: how far the clocks are apart, when that is worth saying. */
export function clockNotes(sourceClock: number, targetClock: number): string[] {
  const apart = Math.abs(sourceClock - targetClock);
  return apart > clockBound
    ? [`The servers' clocks are ${Math.round(apart / 1_000)} s apart: the full sync does not mind, other things may`]
    : [];
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString("en-US")} MB`;
}
