import { DatabaseSync } from "node:sqlite";
import { Outbox, silentLog } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { type Channel, DeliveryError } from "./channels/channel.ts";
import { Courier, type OutboxPort } from "./courier.ts";
import { anAlert } from "./testing.ts";

describe("Courier", () => {
  it("does not let a slow channel hold up another", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { outbox, courier, sent } = world({ slow: () => promise, quick: deliver });
    enqueueEach(outbox, ["slow", "a"], ["slow", "b"], ["quick", "c"], ["quick", "d"]);
    const end = new AbortController();
    const running = courier.run(end.signal);
    await until(() => sent.includes("quick d"));
    outbox.enqueue({ channel: "quick", key: "e", payload: anAlert(), at: 0 });
    await until(() => sent.includes("quick e"));
    expect(sent).toEqual(["slow a", "quick c", "quick d", "quick e"]);
    resolve(undefined);
    await until(() => sent.includes("slow b"));
    end.abort();
    await running;
    expect(outbox.pending()).toEqual([]);
  });

  it("waits with what is behind a failure, and lets it pass what is refused or a bug of ours", async () => {
    const failures: Record<string, Error> = {
      down: new DeliveryError("connection refused"),
      picky: new DeliveryError("422", { refused: true }),
      bug: new TypeError("x is not a function"),
    };
    const sending = (channel: string) => (key: string) => (key === "a" ? Promise.reject(failures[channel]) : deliver());
    const { outbox, courier, sent } = world({ down: sending("down"), picky: sending("picky"), bug: sending("bug") });
    for (const channel of ["down", "picky", "bug"]) enqueueEach(outbox, [channel, "a"], [channel, "b"]);
    await courier.tick();
    expect(sent.toSorted()).toEqual(["bug a", "bug b", "down a", "picky a", "picky b"]);
    expect(outbox.pending().map(({ channel, waiting, error }) => [channel, waiting, error])).toEqual([
      ["bug", 1, "x is not a function"],
      ["down", 2, "connection refused"],
      ["picky", 1, "422"],
    ]);
    enqueueEach(outbox, ["down", "c"], ["picky", "c"]);
    await courier.tick();
    expect(sent.slice(5)).toEqual(["picky c"]);
  });

  it("says that a notice cannot be delivered whose channel is gone, and goes on with the others", async () => {
    const { outbox, courier, sent } = world({ mail: deliver });
    enqueueEach(outbox, ["gone", "a"], ["gone", "b"], ["mail", "c"]);
    await courier.tick();
    expect(sent).toEqual(["mail c"]);
    expect(outbox.pending()).toMatchObject([
      { channel: "gone", waiting: 0, lost: 2, error: "its channel is no longer set" },
    ]);
  });

  it("does not send again what it could not mark as delivered", async () => {
    let broken = true;
    const { outbox, courier, sent } = world({ mail: deliver }, (port) => ({
      ...port,
      delivered: (id, now) => (broken ? Promise.reject(new Error("disk full")) : port.delivered(id, now)),
    }));
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"]);
    await courier.tick();
    await courier.tick();
    expect(sent).toEqual(["mail a"]);
    broken = false;
    await courier.tick();
    expect(sent).toEqual(["mail a", "mail b"]);
    expect(outbox.pending()).toEqual([]);
  });

  it("goes on when the outbox cannot be read for a while", async () => {
    let reads = 0;
    const { outbox, courier, sent } = world({ mail: deliver }, (port) => ({
      ...port,
      due: (now, limit) => (++reads < 3 ? Promise.reject(new Error("database is locked")) : port.due(now, limit)),
    }));
    enqueueEach(outbox, ["mail", "a"]);
    const end = new AbortController();
    const running = courier.run(end.signal);
    await until(() => sent.length > 0);
    end.abort();
    await running;
    expect(sent).toEqual(["mail a"]);
  });

  it("breaks off what is being sent when it ends, and counts that as no attempt", async () => {
    const hanging = (_: string, signal: AbortSignal) =>
      new Promise<undefined>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DeliveryError("aborted")));
      });
    const { outbox, courier, sent } = world({ mail: hanging });
    enqueueEach(outbox, ["mail", "a"]);
    const end = new AbortController();
    const running = courier.run(end.signal);
    await until(() => sent.length > 0);
    end.abort();
    await running;
    expect(outbox.due(0, 1)).toMatchObject([{ key: "a", attempts: 0 }]);
  });
});

type Send = (key: string, signal: AbortSignal) => Promise<undefined>;

/** A courier over a real outbox, as if in another thread; `sent` is what its channels were given, in order. */
function world(sends: Record<string, Send>, change: (port: OutboxPort) => OutboxPort = (port) => port) {
  const outbox = new Outbox(new DatabaseSync(":memory:"), () => 1);
  const sent: string[] = [];
  const channels = Object.entries(sends).map(([name, send]): [string, Channel] => [
    name,
    {
      send: (_, { key, signal }) => {
        sent.push(`${name} ${key}`);
        return send(key, signal);
      },
    },
  ]);
  const port: OutboxPort = {
    due: async (now, limit) => outbox.due(now, limit),
    delivered: async (id, now) => outbox.delivered(id, now),
    failed: async (id, error, now, refusal) => outbox.failed(id, error, now, structuredClone(refusal)),
    undeliverable: async (id, why, now) => outbox.undeliverable(id, why, now),
  };
  const options = { channels: new Map(channels), log: silentLog, now: () => 0, interval: 5, rest: 5 };
  return { outbox, sent, courier: new Courier({ outbox: change(port), ...options }) };
}

async function deliver(): Promise<undefined> {}

function enqueueEach(outbox: Outbox, ...notices: readonly [channel: string, key: string][]): void {
  for (const [channel, key] of notices) outbox.enqueue({ channel, key, payload: anAlert(), at: 0 });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
