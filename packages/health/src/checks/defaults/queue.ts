import type { RunningCount } from "@understudy/environment";
import type { Check, CheckContext } from "../check.ts";
import { type QueueFigures, queueFigures } from "../queue-figures.ts";
import { usual } from "../usual.ts";
import { count } from "../words.ts";
import { lostExecutions } from "./lost-executions.ts";

const worker = "n8n-worker";

/** What n8n's queue is like, where it runs in queue mode. */
export function queue(): Check[] {
  return [
    {
      ...usual,
      name: "n8n queue",
      service: "valkey",
      needs: ["valkey"],
      thresholds: { warning: 200, critical: 2_000, unit: "executions wait", bad: "above" },
      look: async (context) => {
        const figures = await queueFigures(context, usual.timeout);
        const workers = workersOf(context);
        return {
          ok: workers.running > 0,
          seen: inWords(figures, workers),
          measured: figures.waiting,
          figures: {
            executions_waiting: figures.waiting,
            executions_active: figures.active,
            workers_running: workers.running,
            workers_wanted: workers.wanted,
          },
          next: workers.running
            ? "More workers: pnpm scale n8n-worker=<number>"
            : "Start them: pnpm status says why not",
        };
      },
    },
    {
      ...usual,
      name: "n8n executions without a worker",
      service: "n8n-keeper",
      severity: "warning",
      needs: ["valkey"],
      expected: "every execution that was begun has its worker",
      look: async (context) => {
        const { active, lost } = await queueFigures(context, usual.timeout);
        const seen = lost
          ? `the worker of ${count(lost, "execution")} is lost`
          : `${count(active, "execution")} under way`;
        return {
          ok: lost === 0,
          seen,
          figures: { executions_lost: lost },
          next: "The keeper gives them to another worker within a minute: pnpm logs n8n-keeper",
        };
      },
    },
    lostExecutions(),
  ];
}

function inWords({ waiting, waited, active }: QueueFigures, { running, wanted }: ReturnType<typeof workersOf>): string {
  const since = waiting ? `, the oldest for ${Math.round(waited / 1_000)} s` : "";
  return `${waiting} waiting${since}; ${active} under way; ${running} of ${count(wanted, "worker")}`;
}

function workersOf({ counts }: CheckContext): Pick<RunningCount, "running" | "wanted"> {
  return counts.find(({ service }) => service === worker) ?? { running: 0, wanted: 0 };
}
