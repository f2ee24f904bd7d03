import type { CheckResult } from "../checks/check.ts";
import type { Store } from "../history/store.ts";
import type { Kept } from "./monitor.ts";

/** The last look of each check that fails, as the monitor remembers it: with what it expected, and what to try. */
export function lastFailures(store: Pick<Store, "loadState">): CheckResult[] {
  const kept = store.loadState() as Kept | undefined;
  return (kept?.states ?? []).map(({ last }) => last).filter(({ status }) => status !== "healthy");
}
