import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import type {
  Direction,
  LogLine,
  Method,
  Peer,
  PeriodicStatus,
  Phase,
  Session,
  Status,
  TableReport,
} from "@understudy/peers/types";
import { useEffect } from "react";
import { get, queryOf } from "./api.ts";
import { follow } from "./follow.ts";

export type { Direction, LogLine, Method, Peer, PeriodicStatus, Status, TableReport };
export type FullSyncSession = Session;

const base = "/api/admin/sync";

export const peersQuery = queryOptions({
  queryKey: ["peers"],
  queryFn: async () => (await get<{ peers: Peer[] }>(`${base}/peers`)).peers,
  refetchInterval: 30_000,
});

export const periodicQuery = queryOptions({
  queryKey: ["periodic"],
  queryFn: () => get<PeriodicStatus>(`${base}/periodic`),
  refetchInterval: 30_000,
});

interface SessionPage {
  readonly sessions: FullSyncSession[];
  readonly more: boolean;
}

/** Those that run, and the newest that ended. */
export const sessionsQuery = queryOptions({
  queryKey: ["full-syncs"],
  queryFn: async () => (await get<SessionPage>(`${base}/full-sync/sessions?limit=50`)).sessions,
});

/** All of them, a page at a time. */
export const sessionHistoryQuery = infiniteQueryOptions({
  queryKey: ["full-sync-history"],
  queryFn: ({ pageParam }) =>
    get<SessionPage>(`${base}/full-sync/sessions${queryOf({ limit: 500, before: pageParam })}`),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ sessions, more }) => (more ? sessions.at(-1)?.startedAt : undefined),
});

export function sessionQuery(sessionId: string) {
  return queryOptions({
    queryKey: ["full-sync", sessionId],
    queryFn: async () => (await get<{ session: FullSyncSession }>(`${base}/full-sync/sessions/${sessionId}`)).session,
  });
}

export function sessionLogQuery(sessionId: string) {
  return queryOptions({
    queryKey: ["full-sync-log", sessionId],
    queryFn: async () => (await get<{ log: LogLine[] }>(`${base}/full-sync/sessions/${sessionId}/log?after=0`)).log,
  });
}

/** Follow every full sync as it goes, also those that somebody else began. */
export function useFullSyncNews(enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    return follow(client, {
      url: () => `${base}/events`,
      events: {
        session: ({ data }) => {
          const session = JSON.parse(data) as FullSyncSession;
          client.setQueryData(sessionsQuery.queryKey, (known) => known && withSession(known, session));
          client.setQueryData(sessionQuery(session.sessionId).queryKey, (known) => known && session);
          if (session.completedAt) void client.invalidateQueries({ queryKey: sessionHistoryQuery.queryKey });
        },
        log: ({ data }) => {
          const { sessionId, ...line } = JSON.parse(data) as LogLine & { sessionId: string };
          client.setQueryData<LogLine[]>(["full-sync-log", sessionId], (known) => known && withLine(known, line));
        },
        periodic: ({ data }) => client.setQueryData(["periodic"], JSON.parse(data)),
      },
      opened: () => {
        for (const key of ["full-syncs", "full-sync", "full-sync-log"]) {
          void client.invalidateQueries({ queryKey: [key] });
        }
      },
    });
  }, [client, enabled]);
}

/** In the place of what was known of it, or as the newest. */
export function withSession(known: readonly FullSyncSession[], session: FullSyncSession): FullSyncSession[] {
  const at = known.findIndex(({ sessionId }) => sessionId === session.sessionId);
  return at < 0 ? [session, ...known] : known.with(at, session);
}

/** Lines come once, in their order, also when a connection is made anew. */
export function withLine(known: readonly LogLine[], line: LogLine): LogLine[] {
  return known.some(({ id }) => id === line.id) ? [...known] : [...known, line].sort((a, b) => a.id - b.id);
}

const stepNames: Readonly<Record<Phase, string>> = {
  backup: "Creating backup…",
  transfer: "Transferring backup…",
  convert: "Converting backup…",
  restore: "Restoring to database…",
  verify: "Verifying…",
};

/** `Step 2 of 5: Transferring backup…` */
export function stepInWords({ step, steps, currentStep, phase }: FullSyncSession): string {
  const doing = currentStep || (phase ? stepNames[phase] : "Starting…");
  return step > 0 ? `Step ${step} of ${steps}: ${doing}` : doing;
}

/** `Server B → This server`: where from, where to. */
export function routeInWords({ direction, peer }: Pick<FullSyncSession, "direction" | "peer">): string {
  return direction === "pull" ? `${peer.name} → This server` : `This server → ${peer.name}`;
}

/** The command that does the same. */
export function fullSyncCommand(asked: {
  direction: Direction;
  peer: string;
  compress: boolean;
  verify: boolean;
  plan: boolean;
  method: Method;
  /** Whose agent does it. */
  environment: string;
}): string {
  const name = /^[\w.-]+$/.test(asked.peer) ? asked.peer : `'${asked.peer.replaceAll("'", `'\\''`)}'`;
  return [
    `pnpm sync:full ${asked.direction} --peer ${name}`,
    asked.compress ? "--compress" : "--no-compress",
    asked.verify ? "--verify" : "--no-verify",
    ...(asked.plan ? ["--plan"] : []),
    ...(asked.method === "http" ? ["--method http"] : []),
    `--environment ${asked.environment}`,
  ].join(" ");
}
