import { containerLines } from "@understudy/core";
import { errorPattern } from "../../logs/error-pattern.ts";
import type { Check, CheckContext } from "../check.ts";
import { hostTime } from "../engine-facts.ts";
import { usual } from "../usual.ts";
import { count, logsOf } from "../words.ts";

const window = 600_000;
/** Errors that have stopped for so long are history, ms. */
const stopped = 60_000;
const mostLines = 200;
const shown = 5;

/** Errors that a service only tells of, because a client made them: they are not its own. */
const clients: Readonly<Record<string, RegExp>> = {
  postgres: /\b(ERROR|FATAL): {2}(?!.*(could not|no space left|out of memory|corrupt|invalid page|checksum))/i,
};

/** How many of a service's last log lines tell of an error: of the last 10 minutes, at most 200; while they still come. */
export function logErrors(service: string): Check {
  return {
    ...usual,
    name: `${service} log`,
    service,
    severity: "warning",
    needs: [service],
    thresholds: { warning: 30, unit: "errors in the last 10 minutes", bad: "above" },
    look: async (context, signal) => {
      const lines = await linesOf(context, service, window, signal);
      const errors = errorsIn(service, lines);
      const still = errors.length ? errorsIn(service, await linesOf(context, service, stopped, signal)).length : 0;
      const over = errors.length && !still ? ", none of the last minute" : "";
      return {
        ok: true,
        seen: `${count(errors.length, "error")} in ${count(lines.length, "line")}${over}`,
        measured: still ? errors.length : 0,
        figures: { log_lines: lines.length, log_errors: errors.length },
        lines: (errors.length ? errors : lines).slice(-shown),
        next: logsOf(context, service),
      };
    },
  };
}

function errorsIn(service: string, lines: readonly string[]): string[] {
  return lines.filter((line) => errorPattern(line) && !clients[service]?.test(line));
}

async function linesOf(context: CheckContext, service: string, since: number, signal: AbortSignal): Promise<string[]> {
  const info = context.containers.get(service);
  if (!info) return [];
  const options = { follow: false, tail: mostLines, since: (await hostTime(context)) - since, signal };
  return await Array.fromAsync(containerLines(context.engine, info, options));
}
