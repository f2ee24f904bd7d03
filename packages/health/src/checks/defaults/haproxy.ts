import type { Check, CheckContext } from "../check.ts";
import { httpRequest } from "../http-request.ts";
import { addressOf } from "../types/common.ts";
import { usual } from "../usual.ts";
import { count, logsOf } from "../words.ts";

const port = 8404;

/** One server of a backend, from HAProxy's statistics. */
interface Server {
  readonly backend: string;
  readonly status: string;
  /** Requests that wait for it. */
  readonly waiting: number;
}

export function haproxy(): Check[] {
  return [
    {
      ...usual,
      name: "haproxy backends",
      service: "haproxy",
      expected: "every backend has a server that takes requests",
      needs: ["haproxy"],
      look: async (context, signal) => {
        const servers = await readServers(context, signal);
        const backends = Object.entries(Object.groupBy(servers, ({ backend }) => backend));
        // While a service is replaced, its own server drains and another container's takes the requests.
        const down = backends.filter(([, own = []]) => !own.some(takesRequests));
        const waiting = servers.reduce((sum, server) => sum + server.waiting, 0);
        const figures = { backends: backends.length, backends_down: down.length, requests_waiting: waiting };
        const next = logsOf(context, "haproxy");
        if (down.length) {
          const states = (own: readonly Server[]) => own.map(({ status }) => status).join(" and ");
          const seen = down.map(([backend, own = []]) => `backend ${backend} is ${states(own)}`).join("; ");
          return { ok: false, seen, figures, next };
        }
        return { ok: backends.length > 0, seen: count(backends.length, "backend"), figures, next };
      },
    },
  ];
}

function takesRequests({ status }: Server): boolean {
  return /^(UP|OPEN|no check)/.test(status);
}

async function readServers(context: CheckContext, signal: AbortSignal): Promise<Server[]> {
  const { host, port: mapped } = await addressOf(context, "haproxy", port);
  const url = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${mapped}/stats;csv`);
  const { text } = await httpRequest({ url }, signal);
  const [head = "", ...rows] = text.trim().split("\n");
  const names = head.replace(/^# /, "").split(",");
  return rows
    .map((row) => Object.fromEntries(row.split(",").map((value, index) => [names[index], value])))
    .filter(({ svname }) => svname !== "FRONTEND" && svname !== "BACKEND")
    .map(({ pxname = "", status = "", qcur }) => ({ backend: pxname, status, waiting: Number(qcur) }));
}
