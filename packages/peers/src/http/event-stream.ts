import type { ServerResponse } from "node:http";
import type { Sessions } from "../book/sessions.ts";
import { repeat } from "../repeat.ts";
import type { PeriodicStatus, Session } from "../types.ts";

/** ms between two looks into the book, which other processes write too. */
const every = 250;
/** Proxies close what says nothing, ms. */
const pingEvery = 15_000;

export interface EventSource {
  readonly sessions: Sessions;
  readonly periodic: () => Promise<PeriodicStatus>;
  /** Newest entry of the log that the listener has; undefined: none of what was before. */
  readonly after: number | undefined;
  /** Whether the listener may still: a login ends, a role is taken back. */
  readonly mayStill: () => Promise<boolean>;
  /** Hears why it was not told at once: it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** Tell a listener of every change of sessions, log and periodic sync, from what runs now on, until it goes. */
export function streamEvents(
  response: ServerResponse,
  { sessions, periodic, after, mayStill, onFailure }: EventSource,
): void {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const send = (event: string, data: unknown, id?: number) =>
    response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const told = new Map<string, string>();
  let since = "";
  let log = after ?? sessions.newestLog();
  let periodicTold = "";
  const tell = (session: Session) => {
    const text = JSON.stringify(session);
    if (told.get(session.sessionId) === text) return;
    told.set(session.sessionId, text);
    if (session.updatedAt > since) since = session.updatedAt;
    send("session", session);
  };
  const look = () => {
    for (const session of sessions.changedSince(since)) tell(session);
    for (const { sessionId, ...line } of sessions.logAfter(log)) {
      log = line.id;
      send("log", { sessionId, ...line }, line.id);
    }
  };
  const lookAtPeriodic = async () => {
    const status = await periodic();
    const text = JSON.stringify(status);
    if (text !== periodicTold && !response.writableEnded) send("periodic", status);
    periodicTold = text;
  };
  const [newest] = sessions.list({ limit: 1 });
  for (const session of [...(newest ? [newest] : []), ...sessions.unfinished()]) tell(session);
  since ||= new Date().toISOString();
  const ping = async () => void ((await mayStill()) ? response.write(": ping\n\n") : response.end());
  const timers = [
    repeat(every, look, onFailure),
    repeat(1_000, lookAtPeriodic, onFailure),
    repeat(pingEvery, ping, onFailure),
  ];
  void lookAtPeriodic().catch(onFailure);
  response.on("close", () => {
    for (const timer of timers) clearInterval(timer);
  });
}
