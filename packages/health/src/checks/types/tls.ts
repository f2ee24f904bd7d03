import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { UserError } from "@understudy/core";
import { z } from "zod";
import type { Check, Observation } from "../check.ts";
import { networkFault } from "../network-fault.ts";
import { base, type CheckType, definition } from "./common.ts";

const schema = definition("tls", "host", {
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(443),
  /** The name that the certificate must be for. Default: host. */
  servername: z.string().optional(),
});

const day = 86_400_000;

/** Looks at a server's certificate: for this name, signed by somebody who is trusted here, and valid for some days more. */
export const tls: CheckType<typeof schema> = {
  type: "tls",
  schema,
  make: ({ host, port, servername = host, thresholds = { warning: 21, critical: 7 }, ...definition }): Check => ({
    ...base({ ...definition, thresholds }, { unit: "days left", bad: "below" }),
    look: async ({ now }, signal) => {
      const socket = await handshake(host, port, servername, signal);
      try {
        return observe(socket, `${host}:${port}`, now());
      } finally {
        socket.destroy();
      }
    },
  }),
};

async function handshake(host: string, port: number, servername: string, signal: AbortSignal): Promise<TLSSocket> {
  const where = `${host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // What is wrong with the certificate is said by the look; here it must only be seen.
  const socket = connect({ host, port, servername, rejectUnauthorized: false }, resolve);
  socket.once("error", (error) => reject(new UserError(networkFault(error, where))));
  const late = () => reject(new UserError(`${where} completes no TLS handshake`));
  signal.addEventListener("abort", late, { once: true });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function observe(socket: TLSSocket, where: string, now: number): Observation {
  const certificate: PeerCertificate = socket.getPeerCertificate();
  const until = Date.parse(certificate.valid_to);
  const days = Math.floor((until - now) / day);
  const figures = { days_left: days };
  const ends = new Date(until).toISOString().slice(0, 10);
  if (until <= now) return { ok: false, seen: `the certificate of ${where} expired on ${ends}`, next: renew, figures };
  if (!socket.authorized) {
    const code = String(socket.authorizationError ?? "");
    const seen = networkFault(Object.assign(new Error(code), { code }), where);
    return { ok: false, seen, expected: "a certificate that is trusted here", next: renew, figures };
  }
  return { ok: true, seen: `valid until ${ends}, ${days} days`, measured: days, figures, next: renew };
}

const renew = "Renew the certificate where TLS ends, and let that server read it again";
