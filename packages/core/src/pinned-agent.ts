import { Agent as HttpAgent } from "node:http";
import { type AgentOptions, Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { UserError } from "./errors.ts";

const pooled = { keepAlive: true, maxSockets: 20 };

/** Connections to one server: plain, or to the certificate that was pinned, whoever signed it. Nothing is sent to another one. */
export function agentFor(url: URL, fingerprint: string | null): HttpAgent {
  if (url.protocol === "http:") return new HttpAgent(pooled);
  return new PinnedAgent(fingerprint, pooled);
}

class PinnedAgent extends HttpsAgent {
  readonly #fingerprint: string | null;

  constructor(fingerprint: string | null, options: AgentOptions) {
    super(options);
    this.#fingerprint = fingerprint;
  }

  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = connectTls({ ...options, rejectUnauthorized: false });
    const fail = (error: Error) => callback?.(error, socket);
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      socket.off("error", fail);
      const shown = fingerprintOf(socket);
      if (shown === this.#fingerprint) return callback?.(null, socket);
      socket.destroy();
      callback?.(otherCertificate(options, shown), socket);
    });
    return undefined;
  }
}

/** SHA-256 of the certificate that a server shows. Nothing else is asked of it. */
export async function readFingerprint(url: URL): Promise<string | null> {
  if (url.protocol === "http:") return null;
  return await new Promise((resolve, reject) => {
    const socket = connectTls({
      host: url.hostname,
      port: Number(url.port || 443),
      servername: /[a-z]/i.test(url.hostname) ? url.hostname : undefined,
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer within 10 s")));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(fingerprintOf(socket));
      socket.destroy();
    });
  });
}

function fingerprintOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256;
}

function otherCertificate({ host = "the peer" }: ConnectionOptions, shown: string): UserError {
  return new UserError(`${host} shows another certificate than the one that was pinned: ${shown}`, {
    next: "If it was renewed, add the peer again (pnpm peers:add); else somebody stands in between",
  });
}
