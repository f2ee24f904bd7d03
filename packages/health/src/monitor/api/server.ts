import { type Log, messageOf, UserError } from "@understudy/core";
import fastify, { type FastifyInstance } from "fastify";
import type { CheckStatus } from "../../checks/check.ts";
import type { History } from "../../history/history.ts";
import { HistoryUnavailable } from "../../history/unavailable.ts";
import type { Beats } from "../beats.ts";
import type { CheckState } from "../check-state.ts";
import type { Monitor } from "../monitor.ts";
import type { Subject } from "../subject.ts";
import { badge } from "./badge.ts";
import type { Metrics } from "./metrics.ts";
import { countIn, readPage, readRange } from "./query.ts";

/** What the monitor shows of itself. */
export interface View {
  readonly environment: string;
  readonly monitor: Pick<Monitor, "states" | "incidents" | "trouble">;
  readonly subject: Pick<Subject, "checks">;
  readonly metrics: Metrics;
  readonly history: History;
  readonly beats: Beats;
}

/** Serve metrics, JSON API, badges and heartbeat addresses. @throws UserError when the address cannot be taken. */
export function buildServer(view: View, log: Log): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true, bodyLimit: 65_536 });
  server.setErrorHandler((error, request, reply) => {
    const { statusCode = statusOf(error) } = error as { statusCode?: number };
    if (statusCode >= 500) log.error({ path: request.url, error: messageOf(error) }, "an answer failed");
    return reply.code(statusCode).send({ error: messageOf(error) });
  });
  server.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "There is nothing at this address" }));
  // Whatever a job sends along is of no matter: only the address counts.
  server.addContentTypeParser("*", (_, payload, done) => {
    payload.resume();
    done(null, undefined);
  });
  addStatus(server, view);
  addHistory(server, view);
  addHeartbeats(server, view);
  return server;
}

/** What is asked wrongly is the caller's; a history that cannot be used just now is ours. */
function statusOf(error: unknown): number {
  if (error instanceof HistoryUnavailable) return 503;
  return error instanceof UserError ? 400 : 500;
}

function addStatus(server: FastifyInstance, view: View): void {
  server.get("/healthz", async () => ({ status: "watching", environment: view.environment }));
  server.get("/metrics", async (_, reply) => {
    const pending = await view.history.pending().catch(() => []);
    const text = await view.metrics.render({
      states: view.monitor.states.values(),
      incidents: view.monitor.incidents,
      pending,
    });
    return await reply.type(view.metrics.contentType).send(text);
  });
  server.get("/api/v1/status", async () => ({
    environment: view.environment,
    status: overall(view.monitor.states.values()),
    checks: countIn(view.monitor.states.values(), ({ last }) => last.status),
    incidents: view.monitor.incidents,
    alerts: await view.history.pending().catch(() => []),
    ...(view.monitor.trouble ? { trouble: view.monitor.trouble } : {}),
  }));
  server.get("/api/v1/checks", async ({ query }) => {
    const { limit, offset } = readPage(query);
    const all = [...view.monitor.states.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const checks = all.slice(offset, offset + limit).map(({ last, at, failing, failedSince }) => ({
      ...last,
      at: new Date(at).toISOString(),
      failing,
      failedSince: failedSince === undefined ? null : new Date(failedSince).toISOString(),
    }));
    return { total: all.length, next: offset + limit < all.length ? offset + limit : null, checks };
  });
  server.get("/badge.svg", async (_, reply) =>
    reply
      .type("image/svg+xml")
      .header("cache-control", "no-cache")
      .send(badge(view.environment, overall(view.monitor.states.values()))),
  );
  server.get<{ Params: { of: string } }>("/badge/:of", async ({ params }, reply) => {
    const of = params.of.replace(/\.svg$/, "");
    const states = [...view.monitor.states.values()].filter(({ name, service }) => name === of || service === of);
    if (states.length === 0) return await reply.code(404).send({ error: `No check and no service is called "${of}"` });
    return await reply
      .type("image/svg+xml")
      .header("cache-control", "no-cache")
      .send(badge(of, overall(states)));
  });
}

function addHistory(server: FastifyInstance, view: View): void {
  const { history } = view;
  server.get("/api/v1/history", async ({ query }) => history.history(readRange(query, Date.now())));
  server.get("/api/v1/uptime", async ({ query }) => history.uptime(readRange(query, Date.now())));
  server.get("/api/v1/usage", async ({ query }) => history.usage(readRange(query, Date.now())));
  server.get("/api/v1/incidents", async ({ query }) => history.incidents(readRange(query, Date.now())));
  server.get("/api/v1/events", async ({ query }) => history.events(readRange(query, Date.now())));
  server.get("/api/v1/errors", async ({ query }) => history.errors(readRange(query, Date.now())));
}

function addHeartbeats(server: FastifyInstance, view: View): void {
  server.route<{ Params: { name: string; kind?: string } }>({
    method: ["GET", "POST", "HEAD"],
    url: "/ping/:name/:kind?",
    exposeHeadRoute: false,
    handler: async ({ params: { name, kind = "success" } }, reply) => {
      if (kind !== "start" && kind !== "success" && kind !== "fail") {
        return await reply.code(404).send({ error: `"${kind}" is none of: start, success, fail` });
      }
      if (!view.subject.checks.some((check) => check.heartbeat === name)) {
        return await reply.code(404).send({ error: `No check of type heartbeat is called "${name}"` });
      }
      await view.beats.beat(name, kind, Date.now());
      return { ok: true };
    },
  });
}

function overall(states: Iterable<CheckState>): CheckStatus | "unknown" {
  const all = [...states];
  if (all.length === 0) return "unknown";
  const failing = all.filter((state) => state.failing);
  if (failing.length === 0) return "healthy";
  return failing.some(({ severity }) => severity === "critical") ? "unhealthy" : "degraded";
}
