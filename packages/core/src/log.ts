import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "date-fns";
import pino from "pino";
import type { Installation } from "./installation.ts";
import { secrets } from "./redact.ts";

export type Log = pino.Logger;

/** Open `logs/<area>/<verb>-YYYYMMDD.log`: JSON lines, secrets redacted, `DEBUG=true` for detail. */
export function openLog(installation: Installation, area: string, verb: string, now = new Date()): Log {
  const file = join(installation.logsDir, area, `${verb}-${format(now, "yyyyMMdd")}.log`);
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

/** A log that goes nowhere. */
export const silentLog: Log = pino({ level: "silent" });

function redacting(destination: { write(line: string): unknown }): { write(line: string): void } {
  return { write: (line) => void destination.write(secrets.redact(line)) };
}
