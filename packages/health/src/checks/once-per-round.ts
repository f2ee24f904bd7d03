import type { CheckContext } from "./check.ts";

const rounds = new WeakMap<CheckContext, Map<string, Promise<unknown>>>();

/** What several checks of one round look at is fetched once. */
export function oncePerRound<T>(context: CheckContext, what: string, fetch: () => Promise<T>): Promise<T> {
  const known = rounds.get(context) ?? new Map<string, Promise<unknown>>();
  rounds.set(context, known);
  const fetched = known.get(what) ?? fetch();
  known.set(what, fetched);
  return fetched as Promise<T>;
}
