import cookies from "@fastify/cookie";
import type { Log } from "@understudy/core";
import type { FastifyInstance } from "fastify";
import type { Gate } from "../access/gate.ts";
import { addErrors, sendNothing } from "./errors.ts";
import { guardAnswers } from "./guard-answers.ts";
import { addPage } from "./page.ts";
import { mount, type Route } from "./route.ts";
import { addSecurityHeaders } from "./security-headers.ts";

export interface PluginOptions {
  readonly gate: Gate;
  readonly routes: readonly Route[];
  readonly secure: boolean;
  /** Folder of the built page; undefined: only the API is served. */
  readonly page: string | undefined;
  readonly log: Log;
}

/** The console as a Fastify plugin: the API below `/api/console`, and the page at every other address. */
export async function consolePlugin(server: FastifyInstance, options: PluginOptions): Promise<void> {
  const { gate, routes, secure, page, log } = options;
  addSecurityHeaders(server, { secure });
  addErrors(server, log);
  server.addHook("onRequest", async (request) => gate.checkHost(request));
  await server.register(async (api) => {
    await api.register(cookies);
    guardAnswers(api);
    for (const one of routes) mount(api, gate, one);
    api.all("/api/console/*", (_, reply) => sendNothing(reply));
  });
  if (page) await addPage(server, page);
}
