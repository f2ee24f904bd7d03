import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { follow, isConnected } from "./follow.ts";

/** As a browser has it; what it connects to is played by the test. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static made: Source[] = [];
  readyState = 0;
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Source.made.push(this);
  }

  close() {
    this.readyState = Source.CLOSED;
  }

  opens() {
    this.readyState = 1;
    this.onopen();
  }

  /** @param readyState 0: the browser comes again by itself; 2: it has given up */
  fails(readyState: 0 | 2) {
    this.readyState = readyState;
    this.onerror();
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: "visible" });

function show(visibilityState: "visible" | "hidden"): void {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event("visibilitychange"));
}

const open = () => Source.made.filter(({ readyState }) => readyState !== Source.CLOSED);

let stop = () => {};
let opened = 0;
let asked = 0;
const client = new QueryClient();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("document", page);
  vi.spyOn(client, "invalidateQueries").mockImplementation(async () => {
    asked++;
  });
  [Source.made, opened, asked] = [[], 0, 0];
  show("visible");
  const url = () => `/events?from=${Source.made.length}`;
  stop = follow(client, { url, events: {}, opened: () => opened++ });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("has a connection only while somebody looks, and tells when news come again", () => {
  Source.made[0]?.opens();
  show("hidden");
  expect(open()).toEqual([]);
  show("visible");
  expect(open()).toHaveLength(1);
  Source.made[1]?.opens();
  expect(opened).toBe(2);
  stop();
  show("visible");
  expect(open()).toEqual([]);
});

it("comes again after an answer that was an error, and asks who is logged in", () => {
  Source.made[0]?.opens();
  Source.made[0]?.fails(2);
  expect([isConnected(), asked]).toEqual([false, 1]);
  vi.advanceTimersByTime(3_000);
  expect(open().map(({ url }) => url)).toEqual(["/events?from=1"]);
  Source.made[1]?.opens();
  expect([isConnected(), opened]).toEqual([true, 2]);
});

it("leaves a connection that broke to the browser, and forgets it when nobody looks any more", () => {
  Source.made[0]?.fails(0);
  expect([isConnected(), asked]).toEqual([false, 0]);
  vi.advanceTimersByTime(10_000);
  expect(Source.made).toHaveLength(1);
  Source.made[0]?.fails(2);
  show("hidden");
  vi.advanceTimersByTime(10_000);
  expect([isConnected(), open()]).toEqual([true, []]);
});
