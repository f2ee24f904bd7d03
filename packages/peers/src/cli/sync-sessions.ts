import { InvalidArgumentError, runVerb, table, UserError } from "@understudy/core";
import type { Session } from "../types.ts";
import { type Flags, peersFlags, print, withPeers } from "./flags.ts";

interface SessionsFlags extends Flags {
  readonly limit: number;
  readonly log?: string;
}

await runVerb(import.meta.url, {
  name: "sync:sessions",
  description: "Full syncs that run and ran, newest first; with --log, what one of them wrote down.",
  examples: ["pnpm sync:sessions --production", "pnpm sync:sessions --log 6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11"],
  configure: (command) =>
    peersFlags(command)
      .option("--limit <count>", "how many", readCount, 20)
      .option("--log <session>", "the log of one"),
  run: ({ limit, log, ...flags }: SessionsFlags) =>
    withPeers(flags, (peers) => {
      if (log !== undefined) {
        if (!peers.session(log))
          throw new UserError(`There is no session ${log}`, { next: "pnpm sync:sessions lists them" });
        const lines = peers.log(log);
        print(flags.json, { log: lines }, lines.map(({ at, level, text }) => `${at} ${level} ${text}`).join("\n"));
        return;
      }
      const sessions = peers.sessions({ limit });
      print(
        flags.json,
        { sessions },
        table(["session", "servers", "status", "began", "rows", ""], sessions.map(rowOf)),
      );
    }),
});

function rowOf({
  sessionId,
  sourceName,
  targetName,
  status,
  startedAt,
  rows,
  error,
  currentStep,
  progress,
}: Session): string[] {
  const written = rows ? `+${rows.inserted} ~${rows.updated} =${rows.unchanged}` : "";
  const at = status === "running" ? `${progress} % ${currentStep}` : (error?.message ?? "");
  return [sessionId, `${sourceName} → ${targetName}`, status, startedAt, written, at];
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 500)
    throw new InvalidArgumentError("It is a number from 1 to 500.");
  return count;
}
