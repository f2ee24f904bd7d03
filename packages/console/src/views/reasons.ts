import { type HistoryStore, lastFailures } from "@understudy/health";
import type { Reason } from "../contract/reason.ts";

/** Tells why a check fails now: what the monitor remembers of its last look, else what the history has of it. */
export function reasonsNow(
  store: Pick<HistoryStore, "loadState">,
): (known: { readonly check: string; readonly seen: string }) => Reason {
  const failures = new Map(lastFailures(store).map((failure) => [failure.name, failure]));
  return ({ check, seen }) => {
    const { seen: last = seen, expected = null, next = null } = failures.get(check) ?? {};
    return { check, seen: last, expected: expected || null, next };
  };
}
