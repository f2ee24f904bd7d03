import type { HistoryStore } from "@understudy/health";

type Look = ReturnType<HistoryStore["latest"]>[number];

const day = 86_400_000;
/** Intervals that a look may stay away, as a busy machine makes it. */
const patience = 3;
/** ms; nobody is worried sooner, however often checks are looked at. */
const shortest = 300_000;

/** What the monitor saw last. */
interface LastSeen {
  /** Of the checks that it still looks at: not of those that were removed. */
  readonly looks: readonly Look[];
  /** The newest of all looks, ms since the epoch. */
  readonly lookedAt: number | undefined;
  /** Whether it is so new that the monitor can be taken to run. */
  readonly watches: boolean;
}

/** A check has no end in the history: it counts while its looks come as often as they did in the last day. */
export function lastSeen(store: Pick<HistoryStore, "latest" | "uptime">, now: number): LastSeen {
  const latest = store.latest();
  if (latest.length === 0) return { looks: [], lookedAt: undefined, watches: false };
  const lookedAt = Math.max(...latest.map(({ at }) => at));
  const { checks } = store.uptime({ from: lookedAt - day, to: now });
  const waits = new Map(
    checks.map(({ check, known, healthy, degraded, unhealthy }) => [
      check,
      // Of a check's first look nothing is known yet.
      Math.max(shortest, patience * (known > 0 ? known / (healthy + degraded + unhealthy) : day)),
    ]),
  );
  const looks = latest.filter(({ check, at }) => lookedAt - at <= (waits.get(check) ?? shortest));
  const watches = now - lookedAt <= Math.min(...looks.map(({ check }) => waits.get(check) ?? shortest));
  return { looks, lookedAt, watches };
}
