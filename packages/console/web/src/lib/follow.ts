import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { sessionQuery } from "./queries.ts";

/** One thing that was told. */
export type News = Pick<MessageEvent<string>, "data" | "lastEventId">;

interface Followed {
  /** Asked anew for each connection. */
  readonly url: () => string;
  /** By the name of the event. */
  readonly events: Readonly<Record<string, (news: News) => void>>;
  /** News come from now on: what was told before was not heard. */
  readonly opened?: () => void;
}

/** ms. After a connection that broke a browser comes again by itself; never after an answer that is an error. */
const pause = 3_000;

/**
 * Hear what an address tells, while somebody looks: a browser has six connections to a host, for all its tabs together.
 * @returns what ends it
 */
export function follow(client: QueryClient, { url, events, opened }: Followed): () => void {
  const here = {};
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    const made = new EventSource(url());
    source = made;
    for (const [name, handle] of Object.entries(events)) made.addEventListener(name, handle);
    made.onopen = () => {
      setSilent(here, false);
      opened?.();
    };
    made.onerror = () => {
      setSilent(here, true);
      if (made.readyState !== EventSource.CLOSED) return;
      // Perhaps the login ended.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      timer = setTimeout(open, pause);
    };
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    setSilent(here, false);
  };
  const look = () => {
    close();
    if (document.visibilityState === "visible") open();
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}

/** Whether all that is followed tells its news. */
export function useConnected(): boolean {
  return useSyncExternalStore(listen, isConnected);
}

export function isConnected(): boolean {
  return silent.size === 0;
}

const silent = new Set<object>();
const listeners = new Set<() => void>();

function setSilent(stream: object, isSilent: boolean): void {
  if (isSilent) silent.add(stream);
  else silent.delete(stream);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
