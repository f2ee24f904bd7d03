import { audit, isThisMachine, readFingerprint, UserError } from "@understudy/core";
import type { Peers } from "../peers.ts";
import { assertAgree, isEncrypted } from "../plan/agree.ts";
import { greetingSchema } from "../remote/peer-client.ts";
import type { Peer } from "../types.ts";

const year = 365 * 86_400_000;

/** ms that somebody at a terminal waits. */
const patience = 5_000;

export interface AddPeer {
  readonly url: string;
  /** That `pnpm peers:token` made over there. */
  readonly token: string;
  /** Who adds it, for the audit; else who runs the command. */
  readonly by?: string;
  /** Plain HTTP to another machine: only where something else encrypts. */
  readonly plain?: boolean;
}

/**
 * Make two servers know each other: this one shows the invitation, pins the other's certificate, and leaves a token of its own there, so that
 * either can begin a full sync. @throws UserError when they must not sync, or nobody is there
 */
export async function addPeer(peers: Peers, { url: text, token, by, plain = false }: AddPeer): Promise<Peer> {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError(`"${text}" is no address of an agent`, {
      next: "It looks like https://192.168.0.114:8095",
      exitCode: 2,
    });
  }
  assertEncrypted(url, plain, "Give its agent a certificate (peers.certificate) and use https://");
  const address = url.origin;
  const fingerprint = await readFingerprint(url).catch((error) => {
    throw new UserError(`${url.host} cannot be reached: ${error.message}`, {
      next: "Check that pnpm peers:serve runs there",
      cause: error,
    });
  });
  const self = await peers.self();
  const client = await peers.client({ name: url.host, url: address, token, fingerprint });
  try {
    const theirs = await client.greet({ patience });
    const [own] = peers.list();
    const reachable = own && !isThisMachine(own.ipAddress) && own.ipAddress !== "0.0.0.0" ? own.url : undefined;
    const back = reachable ?? (isThisMachine(url.hostname) ? own?.url : undefined);
    if (back) assertEncrypted(new URL(back), plain, "Give this server's agent a certificate (peers.certificate)");
    const given = back && {
      url: back,
      token: peers.book.peers.issueToken(theirs.name, year, theirs.nodeId),
      fingerprint: peers.fingerprint() ?? (await readFingerprint(new URL(back)).catch(() => null)),
    };
    const { nodeId, name, kind } = self;
    const body = { nodeId, name, kind, plain, ...(given ? { back: given } : {}) };
    const greeting = await client.call("POST", "/api/sync/peers", greetingSchema, { body, patience });
    assertAgree(self, greeting);
    peers.book.peers.put({
      nodeId: greeting.nodeId,
      name: greeting.name,
      kind: greeting.kind,
      url: address,
      fingerprint,
      token,
    });
  } finally {
    client.close();
  }
  const added = peers.list().find((peer) => peer.url === address && !peer.local);
  if (!added) throw new Error("the peer was not kept");
  audit(peers.target.installation, {
    ...(by ? { who: by } : {}),
    what: "peers:add",
    environment: peers.target.environment.name,
    result: "succeeded",
    detail: { nodeId: added.nodeId, name: added.name, url: added.url, fingerprint },
  });
  return added;
}

/** @throws UserError for plain HTTP to another machine, unless it was asked for */
function assertEncrypted(url: URL, plain: boolean, next: string): void {
  if (plain || isEncrypted(url)) return;
  throw new UserError(`${url.host} would be spoken to without encryption`, {
    next: `${next}, or add --plain inside of a VPN`,
  });
}
