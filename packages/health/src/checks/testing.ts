import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Check, CheckContext } from "./check.ts";

/** A context for looks that need neither engine nor stack, or only what is given. */
export function contextWith(given: Partial<CheckContext> = {}): CheckContext {
  return { now: Date.now, containers: new Map(), counts: [], ...given } as CheckContext;
}

/** A check that does what `look` says. */
export function checkWith(given: Partial<Check>): Check {
  return {
    name: "a check",
    service: "host",
    severity: "critical",
    timeout: 300,
    interval: undefined,
    look: async () => ({ ok: true, seen: "fine" }),
    ...given,
  };
}

/** A server on a free port of this machine, for as long as it is used. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Answers HTTP. */
export function httpServer(answer: RequestListener): Promise<Listening> {
  const server = createServer(answer);
  return listening(server, () => server.closeAllConnections());
}

/** Takes connections, and does with them what it likes. */
export function tcpServer(take: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    take(socket);
  });
  return listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listening(server: Server, dropAll: () => void): Promise<Listening> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as { port: number };
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      dropAll();
      server.close();
    },
  };
}
