import { IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { messageOf, UserError } from "../errors.ts";
import { agentFor } from "../pinned-agent.ts";
import { isThisMachine } from "../this-machine.ts";
import { type AgentAccess, agentAccess } from "./agent-access.ts";
import { joinTunnel } from "./join-tunnel.ts";
import { socketFolder } from "./socket-folder.ts";
import type { SocketForward } from "./ssh-forward.ts";

/** Where an agent hands on what is meant for its Docker engine, and what that is called. */
export const relayPath = "/api/docker";
export const relayProtocol = "understudy-docker";

/** How long an agent may take to let us through, ms. */
const patience = 20_000;

/**
 * Forward the Docker socket of a server to a private local socket, through the agent that runs there. What hangs on a connection ends with
 * this process, however it dies.
 * @throws UserError when the agent cannot be reached, or does not let us through
 */
export async function forwardThroughAgent(host: URL, access: AgentAccess = agentAccess(host)): Promise<SocketForward> {
  let refused: string | undefined;
  const open = new Set<Socket>();
  const connect = async () => {
    try {
      return await dial(host, access);
    } catch (error) {
      refused = messageOf(error);
      throw error;
    }
  };
  const first = await connect();
  first.destroy();
  const { socket, remove } = await socketFolder("agent");
  const server = createServer({ allowHalfOpen: true }, (near) => {
    open.add(near);
    near.once("close", () => open.delete(near)).on("error", () => {});
    connect().then(
      (far) => joinTunnel(near, far),
      () => near.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    explain: async () => ({ ended: refused !== undefined, said: refused ?? "the connection ended" }),
    async close() {
      for (const near of open) near.destroy();
      await new Promise((resolve) => server.close(resolve));
      remove();
    },
  };
}

/** @throws UserError in the agent's own words, or before anything is sent when it would go unencrypted */
async function dial(host: URL, { token, fingerprint }: AgentAccess): Promise<Duplex> {
  if (fingerprint === null && !isThisMachine(host.hostname)) {
    throw new UserError(`${host.href} would be spoken to without encryption`, {
      next: `Give its agent a certificate (peers.certificate), then pnpm peers:reach ${host.href} --token <token>`,
    });
  }
  const url = new URL(`${fingerprint ? "https" : "http"}://${host.host}${relayPath}`);
  const agent = agentFor(url, fingerprint);
  const outgoing = (fingerprint ? requestHttps : requestHttp)(url, {
    agent,
    timeout: patience,
    headers: { connection: "Upgrade", upgrade: relayProtocol, authorization: `Bearer ${token}` },
  });
  outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${patience / 1_000} s`)));
  const answered = new Promise<Duplex | IncomingMessage>((resolve, reject) => {
    outgoing.once("upgrade", (_, tunnel: Socket, head) => {
      tunnel.setTimeout(0);
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
  });
  outgoing.end();
  let answer: Duplex | IncomingMessage;
  try {
    answer = await answered;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${host.href} cannot be reached: ${messageOf(error)}`, {
      next: "Check the network, and that pnpm peers:serve runs there",
      cause: error,
    });
  }
  if (!(answer instanceof IncomingMessage)) return answer;
  const { message = `it answers ${answer.statusCode}`, next = "See its log" } = wordsOf(await text(answer));
  agent.destroy();
  throw new UserError(`${host.href} does not let us through: ${message}`, { next });
}

function wordsOf(said: string): { message?: string; next?: string } {
  try {
    return (JSON.parse(said) as { error?: { message?: string; next?: string } }).error ?? {};
  } catch {
    return {};
  }
}
