import { hostname } from "node:os";
import { type AuditEntry, audit, type Installation, secrets, UserError } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { z } from "zod";
import type { Caller } from "../access/gate.ts";
import { isAction, orderOf } from "../actions.ts";
import { type ActionId, verbOf } from "../contract/actions.ts";
import { type Run, runDetailSchema, runSchema, startRunSchema } from "../contract/run.ts";
import { readRun } from "../runs/read-run.ts";
import { type RunFolder, runFolder, runFolders } from "../runs/run-folder.ts";
import { startRun, stopRun } from "../runs/start-run.ts";
import { EventStream } from "./events.ts";
import { followRun } from "./follow-run.ts";
import { type Route, route } from "./route.ts";
import type { Desk } from "./routes.ts";

const params = z.object({ id: z.string().max(40) });

/** Commands that the console starts, follows and stops. */
export function runRoutes({ installation, kept }: Desk): Route[] {
  const record = (what: string, caller: Caller, { id, action, environment }: Run, result: AuditEntry["result"]) =>
    audit(installation, {
      ...{ what, who: `${caller.name}@${hostname()}`, environment: environment ?? "console", result },
      detail: { run: id, verb: verbOf(action as ActionId) },
    });
  return [
    route({
      method: "POST",
      path: "/api/console/runs",
      summary: "Do something: starts the command of an action, which goes on without the console",
      who: "operator",
      body: startRunSchema,
      answer: runSchema,
      status: 201,
      handle: ({ body, caller }) => {
        if (!isAction(body.action)) throw new UserError(`No action is called "${body.action}"`);
        const order = orderOf(body.action, body.parameters);
        // It must be one of understudy.yml.
        chooseTarget({ environment: order.environment });
        kept.forget();
        const run = startRun(installation, order, caller.name);
        record("console:start", caller, run, "started");
        return run;
      },
    }),
    route({
      method: "GET",
      path: "/api/console/runs",
      summary: "What the console started, the newest first",
      who: "viewer",
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
      answer: z.object({ runs: z.array(runSchema) }),
      handle: ({ query }) => ({
        runs: runFolders(installation)
          .slice(0, query.limit)
          .flatMap((folder) => folder.read() ?? []),
      }),
    }),
    route({
      method: "GET",
      path: "/api/console/runs/:id",
      summary: "One run, with what it said and its result",
      who: "viewer",
      params,
      answer: runDetailSchema,
      handle: ({ params: { id } }) => readRun(known(installation, id)),
    }),
    route({
      method: "POST",
      path: "/api/console/runs/:id/stop",
      summary: "Tell a run to stop, as Ctrl-C does",
      who: "operator",
      params,
      answer: z.object({ stopped: z.boolean() }),
      handle: ({ params: { id }, caller }) => {
        const folder = known(installation, id);
        const stopped = stopRun(folder);
        record("console:stop", caller, folder.read() as Run, stopped ? "succeeded" : "failed");
        return { stopped };
      },
    }),
    route({
      method: "GET",
      path: "/api/console/runs/:id/events",
      summary: "Server-sent events: `log` as it is said, `end` with the run as it ended",
      who: "viewer",
      params,
      query: z.object({ from: z.coerce.number().int().min(0).default(0) }),
      handle: (asked) => {
        const {
          params: { id },
          query,
        } = asked;
        const folder = known(installation, id);
        const last = Number(asked.request.headers["last-event-id"]);
        const from = Number.isSafeInteger(last) && last > 0 ? last : query.from;
        let stop = () => {};
        const stream = new EventStream(asked, () => stop());
        stop = followRun(folder, from, stream);
      },
    }),
  ];
}

function known(installation: Installation, id: string): RunFolder {
  const folder = runFolder(installation, id);
  if (folder?.read()) return folder;
  throw new UserError(`There is no run ${secrets.redact(id)}`, { next: "It may be too old: the audit knows of it" });
}
