import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import pino from "pino";
import type { Installation } from "./installation.ts";
import { secrets } from "./redact.ts";

export type Log = pino.Logger;

/**
 * Open `logs/<area>/<verb>-YYYYMMDD.log`: JSON lines, secrets redacted, `DEBUG=true` for detail. What runs on over
 * midnight goes on in the next day's file.
 */
export function openLog(installation: Installation, area: string, verb: string, now = () => new Date()): Log {
  const fileOf = (day: string) => join(installation.logsDir, area, `${verb}-${day}.log`);
  let day = dayOf(now());
  mkdirSync(dirname(fileOf(day)), { recursive: true });
  const destination = pino.destination({ dest: fileOf(day), sync: true, mode: 0o600 });
  return pino(
    {
      level: process.env.DEBUG === "true" ? "debug" : "info",
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    {
      write: (line) => {
        const today = dayOf(now());
        if (today !== day) destination.reopen(fileOf(today));
        day = today;
        destination.write(secrets.redact(line));
      },
    },
  );
}

/** The local day as YYYYMMDD. By hand: loading date-fns for it costs a verb a second and 300 MiB. */
export function dayOf(now: Date): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("");
}

/** A log that goes nowhere. */
export const silentLog: Log = pino({ level: "silent" });
