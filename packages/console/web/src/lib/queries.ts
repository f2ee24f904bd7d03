import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { createContext, use } from "react";
import type { HealthHistory } from "../../../src/contract/health.ts";
import type { Overview } from "../../../src/contract/overview.ts";
import type { PolicyFile } from "../../../src/contract/policy.ts";
import type { ReceiptView } from "../../../src/contract/receipt.ts";
import type { Releases } from "../../../src/contract/releases.ts";
import type { Run, RunDetail } from "../../../src/contract/run.ts";
import type { ConsoleEnvironment, Session } from "../../../src/contract/session.ts";
import { ApiError, get, queryOf, setCsrf } from "./api.ts";

/** Null: nobody is logged in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await get<Session>("/api/console/session");
      setCsrf(session.csrf);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: () => get<Overview>("/api/console/overview"),
  refetchInterval: 30_000,
});

export const runsQuery = queryOptions({
  queryKey: ["runs"],
  queryFn: async () => (await get<{ runs: Run[] }>("/api/console/runs")).runs,
});

export function runQuery(id: string) {
  return queryOptions({ queryKey: ["run", id], queryFn: () => get<RunDetail>(`/api/console/runs/${id}`) });
}

export function healthQuery(environment: string, since: string) {
  return queryOptions({
    queryKey: ["health", environment, since],
    queryFn: () => get<HealthHistory>(`/api/console/health/${environment}${queryOf({ since })}`),
  });
}

/** All of them, a page at a time. */
export function releasesQuery(environment: string) {
  return infiniteQueryOptions({
    queryKey: ["releases", environment],
    queryFn: ({ pageParam: before }) =>
      get<Releases>(`/api/console/releases/${environment}${queryOf({ limit: 200, before })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ releases, more }) => (more ? releases.at(-1)?.at : undefined),
  });
}

export function receiptQuery(release: string) {
  return queryOptions({
    queryKey: ["receipt", release],
    queryFn: () => get<ReceiptView>(`/api/console/receipts/${release}`),
    retry: false,
  });
}

export const policyQuery = queryOptions({
  queryKey: ["policy"],
  queryFn: () => get<PolicyFile>("/api/console/policy"),
  // What somebody types is not thrown away.
  staleTime: Number.POSITIVE_INFINITY,
});

/** What a verb tells with `--json`. */
export function viewQuery<T>(view: string, asked: Readonly<Record<string, string | undefined>>) {
  return queryOptions({
    queryKey: ["view", view, asked],
    queryFn: () => get<T>(`/api/console/views/${view}${queryOf(asked)}`),
    staleTime: 15_000,
    retry: false,
  });
}

/** A plan is made when somebody asks for it, of what is then: it looks at all of production, so that news do not make it anew. */
export function planQuery<T>(view: string, asked: Readonly<Record<string, string | undefined>>) {
  return queryOptions({
    queryKey: ["plan", view, asked],
    queryFn: () => get<T>(`/api/console/views/${view}${queryOf({ ...asked, fresh: "true" })}`),
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** What the policy does not know. It looks at production's values: not at each command's news. */
export function proposalsQuery<T>(environment: string) {
  return queryOptions({ ...viewQuery<T>("policy", { environment }), queryKey: ["proposals", environment] });
}

/** Who is logged in. Not asked of the query: when a login ends, the whole page goes at once, not each part by itself. */
export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("nobody is logged in");
  return session;
}

export function useEnvironments(kind?: "production" | "staging"): ConsoleEnvironment[] {
  const { environments } = useSession();
  return kind ? environments.filter((environment) => environment.kind === kind) : environments;
}
