import { type Alert, alertTitle, type HistoryStore } from "@understudy/health";
import type { NoticeView } from "../contract/overview.ts";

/** What people were told last, and whether it went out. */
export function lastNotices(store: Pick<HistoryStore, "notices">, limit: number): NoticeView[] {
  return store.notices(limit).map(({ at, channel, payload, state, error }) => ({
    ...{ at: new Date(at).toISOString(), what: alertTitle(payload as Alert), channel },
    result: state === "waiting" ? state : state === "delivered" ? "sent" : "failed",
    why: state === "delivered" ? null : (error ?? null),
  }));
}
