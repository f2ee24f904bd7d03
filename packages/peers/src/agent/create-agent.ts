import type { Log } from "@understudy/core";
import fastify, { type FastifyInstance } from "fastify";

/** A part of the agent: peers, records, the console. Each has its own hooks and its own error handler. */
export interface AgentPlugin {
  readonly name: string;
  register(server: FastifyInstance): Promise<void> | void;
  close?(): Promise<void>;
}

export interface AgentOptions {
  readonly plugins: readonly AgentPlugin[];
  /** PEM, for HTTPS without an edge before it. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly log: Log;
}

/** The one server process on each server. Disposing of it ends it and its plugins. */
export interface Agent extends AsyncDisposable {
  readonly http: FastifyInstance;
  /** Returns its address, e.g. `http://127.0.0.1:8095`. */
  listen(host: string, port: number): Promise<string>;
}

export async function createAgent({ plugins, tls, log }: AgentOptions): Promise<Agent> {
  const common = { logger: false, forceCloseConnections: true } as const;
  const http = (tls ? fastify({ ...common, https: tls }) : fastify(common)) as unknown as FastifyInstance;
  for (const plugin of plugins) {
    await http.register(async (scope) => await plugin.register(scope));
    log.info({ plugin: plugin.name }, "in place");
  }
  return {
    http,
    listen: (host, port) => http.listen({ host, port }),
    async [Symbol.asyncDispose]() {
      await http.close();
      for (const plugin of plugins) await plugin.close?.();
    },
  };
}
