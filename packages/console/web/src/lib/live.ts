import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { Topic } from "../../../src/views/watch.ts";
import { follow } from "./follow.ts";

/**
 * What is read again when something changes on the server, and the ms until it may be once more: a run writes its journal at
 * each step, the monitor its history every few seconds, and each view is a process.
 */
const affected: Readonly<Record<Topic, Readonly<Record<string, number>>>> = {
  runs: { runs: 0, overview: 0, view: 5_000 },
  journal: { overview: 0, releases: 5_000, view: 5_000 },
  facts: { overview: 0, view: 5_000, proposals: 5_000 },
  health: { overview: 15_000, health: 15_000 },
  policy: { view: 0, proposals: 0 },
};

/** Keep what is on the page as it is on the server. */
export function useLiveNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const readAgain = readerOf((key) => {
      void client.invalidateQueries({ queryKey: [key], predicate: ({ state }) => !isReadOn(state.data) });
    });
    return follow(client, {
      url: () => "/api/console/events",
      events: { changed: ({ data }) => readAgain((JSON.parse(data) as { topics: Topic[] }).topics) },
      opened: () => readAgain(Object.keys(affected) as Topic[]),
    });
  }, [client]);
}

/** Whether somebody went on to older pages of it. They read the past: with each news all of it would be read again. */
export function isReadOn(data: unknown): boolean {
  const { pages = [] } = (data ?? {}) as { pages?: readonly unknown[] };
  return pages.length > 1;
}

/** Reads what topics affect: at once, and what comes in the pause after it at the pause's end. */
export function readerOf(read: (key: string) => void): (topics: readonly Topic[]) => void {
  const resting = new Set<string>();
  const missed = new Set<string>();
  const readSoon = (key: string, pause: number) => {
    const name = `${key} ${pause}`;
    if (resting.has(name)) return void missed.add(name);
    read(key);
    if (pause === 0) return;
    resting.add(name);
    setTimeout(() => {
      resting.delete(name);
      if (missed.delete(name)) readSoon(key, pause);
    }, pause);
  };
  return (topics) => {
    const all = topics.flatMap((topic) => Object.entries(affected[topic]));
    // The shortest pause of each counts.
    for (const [key, pause] of new Map(all.toSorted(([, a], [, b]) => b - a))) readSoon(key, pause);
  };
}

/** The time, every so many ms. All who ask share a clock, however many rows there are. */
export function useNow(interval: 1_000 | 10_000 = 10_000): number {
  const clock = clocks[interval];
  return useSyncExternalStore(clock.listen, clock.now);
}

const clocks = { 1000: clockOf(1_000), 10000: clockOf(10_000) };

function clockOf(interval: number) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    listen: (listener: () => void) => {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, interval);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}
