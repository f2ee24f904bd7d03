import { type IncomingMessage, STATUS_CODES } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import {
  audit,
  dockerSocket,
  isThisMachine,
  joinTunnel,
  type Log,
  messageOf,
  relayPath,
  relayProtocol,
} from "@understudy/core";
import type { FastifyInstance } from "fastify";
import { AgentError } from "../agent-error.ts";
import type { Peers } from "../peers.ts";
import { repeat } from "../repeat.ts";
import { allowList, notAllowed } from "./allow-list.ts";
import { Limiter } from "./limiter.ts";
import { bearerOf } from "./peers-door.ts";

/** ms between two looks whether those who are let through still may. */
const every = 3_000;

/**
 * Let whoever has a token for it through to this server's Docker engine, as ssh would: for servers that can be reached by their agent only.
 * It is off unless `peers.relayDocker` says otherwise.
 */
export function addDockerRelay(server: FastifyInstance, peers: Peers, log: Log): void {
  const { book, settings, target } = peers;
  const allowed = allowList(settings.allowFrom);
  const limiter = new Limiter(30);
  const seen = new Set<string>();
  /** Tunnels, with the token that opened each. */
  const open = new Map<Duplex, string>();

  const admit = ({ headers, socket }: IncomingMessage): { token: string; holder: string } => {
    const address = socket.remoteAddress ?? "";
    if (!allowed(address)) throw notAllowed(address);
    limiter.check(address);
    const token = bearerOf(headers.authorization);
    const holder = book.relayTokens.holderOf(token);
    if (holder === undefined) {
      limiter.failed(address);
      const next = "Make one there: pnpm peers:token --docker <name>; then pnpm peers:reach";
      throw new AgentError(401, "unauthorized", "The token is unknown or has ended", next);
    }
    if (!settings.relayDocker)
      throw new AgentError(403, "off", "It relays to no Docker engine", "Set peers.relayDocker there");
    if (!(socket as TLSSocket).encrypted && !isThisMachine(address)) {
      throw new AgentError(403, "plain", "Without encryption nobody is let through", "Set peers.certificate there");
    }
    return { token, holder };
  };

  const note = (holder: string) => {
    if (seen.has(holder)) return;
    seen.add(holder);
    const { installation, environment } = target;
    audit(installation, { who: holder, what: "peers:relay", environment: environment.name, result: "started" });
    log.info({ holder }, "lets somebody through to the Docker engine");
  };

  const onUpgrade = async (request: IncomingMessage, tunnel: Duplex, head: Buffer) => {
    tunnel.on("error", () => {});
    if (request.url !== relayPath || request.headers.upgrade !== relayProtocol) return tunnel.destroy();
    try {
      const { token, holder } = admit(request);
      note(holder);
      const engine = connect({ path: await dockerSocket(target.environment.host), allowHalfOpen: true });
      await new Promise((resolve, reject) => engine.once("connect", resolve).once("error", reject));
      open.set(tunnel, token);
      tunnel.once("close", () => open.delete(tunnel));
      tunnel.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${relayProtocol}\r\n\r\n`);
      if (head.length > 0) tunnel.unshift(head);
      joinTunnel(engine, tunnel);
    } catch (error) {
      refuse(tunnel, error);
    }
  };

  /** A token that was taken back or has ended opens nothing any more, and keeps nothing open. */
  const cutEnded = () => {
    for (const [tunnel, token] of open) if (book.relayTokens.holderOf(token) === undefined) tunnel.destroy();
  };
  const timer = repeat(every, cutEnded, (error) => log.warn({ error: messageOf(error) }, "tunnels were not looked at"));

  const listener = (request: IncomingMessage, tunnel: Duplex, head: Buffer) => void onUpgrade(request, tunnel, head);
  server.server.on("upgrade", listener);
  server.addHook("onClose", async () => {
    clearInterval(timer);
    server.server.off("upgrade", listener);
    for (const tunnel of open.keys()) tunnel.destroy();
  });
}

function refuse(tunnel: Duplex, thrown: unknown): void {
  const error =
    thrown instanceof AgentError
      ? thrown
      : new AgentError(502, "engine", `Its engine does not answer: ${messageOf(thrown)}`);
  const { status, code, message, next } = error;
  const body = JSON.stringify({ success: false, error: { code, message, next } });
  const length = Buffer.byteLength(body);
  tunnel.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
}
