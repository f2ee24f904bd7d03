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
        const down = servers.filter(({ status }) => !/^(UP|OPEN|no check)/.test(status));
        const waiting = servers.reduce((sum, server) => sum + server.waiting, 0);
        const figures = { backends: servers.length, backends_down: down.length, requests_waiting: waiting };
        const next = logsOf(context, "haproxy");
        if (down.length) {
          const seen = down.map(({ backend, status }) => `backend ${backend} is ${status}`).join("; ");
          return { ok: false, seen, figures, next };
        }
        return { ok: servers.length > 0, seen: count(servers.length, "backend"), figures, next };
      },
    },
  ];
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
