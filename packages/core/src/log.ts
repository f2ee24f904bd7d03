import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import pino from "pino";
import type { Installation } from "./installation.ts";
import { secrets } from "./redact.ts";

export type Log = pino.Logger;

/** Open `logs/<area>/<verb>-YYYYMMDD.log`: JSON lines, secrets redacted, `DEBUG=true` for detail. */
export function openLog(installation: Installation, area: string, verb: string, now = new Date()): Log {
  const file = join(installation.logsDir, area, `${verb}-${dayOf(now)}.log`);
  mkdirSync(dirname(file), { recursive: true });
  return pino(
    {
      level: process.env.DEBUG === "true" ? "debug" : "info",
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    redacting(pino.destination({ dest: file, sync: true, mode: 0o600 })),
  );
}

/** The local day as YYYYMMDD. By hand: loading date-fns for it costs a verb a second and 300 MiB. */
export function dayOf(now: Date): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("");
}

/** A log that goes nowhere. */
export const silentLog: Log = pino({ level: "silent" });

function redacting(destination: { write(line: string): unknown }): { write(line: string): void } {
  return { write: (line) => void destination.write(secrets.redact(line)) };
}
