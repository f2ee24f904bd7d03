import { parentPort, workerData } from "node:worker_threads";
import { Store } from "./store.ts";
import { type Call, packError, type Said, type ThreadData } from "./thread-messages.ts";
import { HistoryUnavailable } from "./unavailable.ts";

/** The thread of a History: one Store, its calls one after the other, and its upkeep between them. */

const upkeepEvery = 60_000;

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

const { file, options } = workerData as ThreadData;
let store: Store | undefined;
let damaged = false;
const timer = setInterval(keepUp, upkeepEvery);

parentPort?.on("message", ({ id, method, args }: Call) => {
  if (method === "close") return close();
  try {
    say({ id, value: use((opened) => (method === "open" ? opened.opened : methodsOf(opened)[method]?.(...args))) });
  } catch (error) {
    say({ id, failure: packError(error) });
  }
});

/** A file that turns out to be damaged is closed; the next use sets it aside and begins a new one. */
function use<T>(work: (store: Store) => T): T {
  store ??= open();
  try {
    return work(store);
  } catch (error) {
    if (error instanceof HistoryUnavailable && error.trouble === "damaged") {
      store.close();
      store = undefined;
      damaged = true;
    }
    throw error;
  }
}

function open(): Store {
  const opened = Store.open(file, options, damaged);
  damaged = false;
  say({ opened: opened.opened });
  setImmediate(keepUp);
  return opened;
}

function methodsOf(opened: Store): Methods {
  return opened as unknown as Methods;
}

/** One step, and the next when the calls that came meanwhile are done. */
function keepUp(): void {
  try {
    if (use((opened) => opened.compact(Date.now()))) setImmediate(keepUp);
  } catch (error) {
    say({ failure: packError(error) });
  }
}

function close(): void {
  clearInterval(timer);
  store?.close();
  parentPort?.close();
}

function say(message: Said): void {
  parentPort?.postMessage(message);
}
