import { secrets } from "@understudy/core";
import type { Opened } from "./database.ts";
import type { Store, StoreOptions } from "./store.ts";
import { StoreThread } from "./store-thread.ts";

/** What a Store does for its monitor. Its upkeep is the thread's own work. */
const methods = [
  "commit",
  "markGap",
  "beat",
  "silence",
  "unsilence",
  "history",
  "uptime",
  "usage",
  "incidents",
  "events",
  "errors",
  "changes",
  "gaps",
  "latest",
  "loadState",
  "lastBeats",
  "silences",
  "due",
  "delivered",
  "failed",
  "undeliverable",
  "pending",
] as const satisfies readonly (keyof Store)[];

type Methods = {
  readonly [Name in (typeof methods)[number]]: (...args: Parameters<Store[Name]>) => Promise<ReturnType<Store[Name]>>;
};

/** A Store in a thread of its own: its caller never waits for the disk. Calls are done in the order in which they come. */
export interface History extends Methods, AsyncDisposable {
  /** How the file was found. */
  readonly opened: Opened;
  /** Resolves when all calls before are done and the file is closed. */
  close(): Promise<void>;
}

export interface HistoryOptions extends Omit<StoreOptions, "now"> {
  /** Told of what goes wrong beside the calls: a damaged file, or upkeep that failed and is tried again in a minute. */
  readonly report?: (problem: Error) => void;
}

/** Open the history of a monitor. @throws what Store.open throws */
export async function openHistory(file: string, { report = () => {}, ...options }: HistoryOptions): Promise<History> {
  const thread = await StoreThread.start({ file, options }, report);
  const call =
    (method: string) =>
    (...args: unknown[]) =>
      thread.call(method, args);
  const calls = Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as Methods;
  return {
    ...calls,
    failed: (id, error, now, refusal) => calls.failed(id, secrets.redact(error), now, refusal),
    undeliverable: (id, why, now) => calls.undeliverable(id, secrets.redact(why), now),
    get opened() {
      return thread.opened;
    },
    close: () => thread.close(),
    [Symbol.asyncDispose]: () => thread.close(),
  };
}
