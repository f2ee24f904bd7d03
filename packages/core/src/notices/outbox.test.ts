import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { secrets } from "../redact.ts";
import { Outbox } from "./outbox.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

describe("Outbox", () => {
  it("keeps a notice until it is delivered", () => {
    const { outbox } = open();
    outbox.enqueue({ key: "i1:problem", channel: "mail", payload: { is: ["down", 1] }, at: 5 });
    const [notice] = outbox.due(10, 10);
    expect(notice).toMatchObject({
      key: "i1:problem",
      channel: "mail",
      payload: { is: ["down", 1] },
      at: 5,
      attempts: 0,
    });
    outbox.delivered(notice?.id ?? 0, 11);
    expect(outbox.due(12, 10)).toEqual([]);
    expect(outbox.pending()).toEqual([]);
  });

  it("tells what became of the last ones", () => {
    const { outbox } = open();
    for (const [at, channel] of ["mail", "chat", "pager", "mail"].entries())
      outbox.enqueue({ key: `i${at}`, channel, payload: { at }, at });
    outbox.delivered(1, 10);
    outbox.failed(2, "503", 10);
    outbox.undeliverable(3, "its channel is no longer set", 10);
    expect(outbox.last(3)).toEqual([
      { channel: "mail", payload: { at: 3 }, at: 3, state: "waiting", error: undefined },
      { channel: "pager", payload: { at: 2 }, at: 2, state: "undeliverable", error: "its channel is no longer set" },
      { channel: "chat", payload: { at: 1 }, at: 1, state: "waiting", error: "503" },
    ]);
    expect(outbox.last(9).at(-1)).toMatchObject({ at: 0, state: "delivered" });
  });

  it("ignores a key that the channel had before, delivered or not", () => {
    const { outbox } = open();
    const notice = { key: "i1:problem", channel: "mail", payload: "first", at: 0 };
    expect(outbox.enqueue(notice)).toBe(true);
    expect(outbox.enqueue({ ...notice, payload: "second" })).toBe(false);
    expect(outbox.enqueue({ ...notice, channel: "chat" })).toBe(true);
    outbox.delivered(1, 1);
    expect(outbox.enqueue(notice)).toBe(false);
    expect(outbox.due(2, 10).map(({ channel, payload }) => [channel, payload])).toEqual([["chat", "first"]]);
  });

  it("is rolled back with the change that it tells of", () => {
    const { db, outbox } = open();
    db.exec("begin");
    outbox.enqueue({ key: "a", channel: "mail", payload: null, at: 0 });
    db.exec("rollback");
    expect(outbox.due(1, 10)).toEqual([]);
  });

  it("holds back what is behind a notice that failed, on its channel only", () => {
    const { outbox } = open(() => 1);
    enqueueEach(outbox, ["mail", "a"], ["chat", "b"], ["mail", "c"]);
    expect(outbox.failed(1, "refused", 0)).toBe(5_000);
    expect(keys(outbox, 4_999)).toEqual(["b"]);
    expect(keys(outbox, 5_000)).toEqual(["a", "b", "c"]);
  });

  it("lets others pass a notice that the receiver does not take, and still tries it", () => {
    const { outbox } = open(() => 1);
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"]);
    outbox.failed(1, "too large", 0, { refused: true });
    expect(keys(outbox, 1)).toEqual(["b"]);
    expect(keys(outbox, 5_000)).toEqual(["a", "b"]);
  });

  it("gives each channel its own limit", () => {
    const { outbox } = open();
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"], ["mail", "c"], ["chat", "d"]);
    expect(keys(outbox, 0, 2)).toEqual(["a", "b", "d"]);
  });

  it("leaves the receiver alone as long as it asks for, up to an hour", () => {
    const { outbox } = open(() => 0);
    enqueueEach(outbox, ["mail", "a"], ["chat", "b"]);
    expect(outbox.failed(1, "busy", 1_000, { retryAfter: 30_000 })).toBe(31_000);
    expect(outbox.failed(2, "busy", 1_000, { retryAfter: 9 * day })).toBe(1_000 + 60 * minute);
  });

  it("tries for a week, and says when it gives up", () => {
    const { outbox } = open(() => 0.5);
    outbox.enqueue({ key: "a", channel: "mail", payload: null, at: 0 });
    let now = 0;
    for (let next: number | undefined = 0; next !== undefined; next = outbox.failed(1, "down", now)) now = next;
    expect(now).toBeGreaterThan(7 * day - 10 * minute);
    expect(now).toBeLessThan(7 * day);
    expect(outbox.due(8 * day, 10)).toEqual([]);
    expect(outbox.pending()).toEqual([{ channel: "mail", waiting: 0, oldest: undefined, lost: 1, error: "down" }]);
  });

  it("does not wait for hours when the clock is set back", () => {
    const { outbox } = open(() => 1);
    outbox.enqueue({ key: "a", channel: "mail", payload: null, at: 10 * day });
    outbox.failed(1, "down", 10 * day);
    expect(keys(outbox, 9 * day)).toEqual(["a"]);
    outbox.enqueue({ key: "b", channel: "chat", payload: null, at: 10 * day });
    expect(keys(outbox, 10 * day - minute)).toEqual(["b"]);
  });

  it("counts what waits and what was lost, with the newest error", () => {
    const { outbox } = open();
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"], ["gone", "c"], ["chat", "d"]);
    outbox.failed(1, "connection refused", 3);
    outbox.undeliverable(3, "understudy.yml has no channel gone", 4);
    outbox.delivered(4, 5);
    expect(outbox.pending()).toEqual([
      { channel: "gone", waiting: 0, oldest: undefined, lost: 1, error: "understudy.yml has no channel gone" },
      { channel: "mail", waiting: 2, oldest: 0, lost: 0, error: "connection refused" },
    ]);
  });

  it("keeps no secret in an error", () => {
    const { db, outbox } = open();
    secrets.add(["hunter2hunter2"]);
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"]);
    outbox.failed(1, "no such user: hunter2hunter2", 0);
    outbox.undeliverable(2, "hunter2hunter2 is gone", 0);
    expect(JSON.stringify(db.prepare("select * from outbox").all())).not.toContain("hunter2hunter2");
  });

  it("forgets what ended, and nothing that waits", () => {
    const { outbox } = open();
    enqueueEach(outbox, ["mail", "a"], ["mail", "b"], ["mail", "c"]);
    outbox.delivered(1, 100);
    outbox.delivered(2, 200);
    expect(outbox.prune(200)).toBe(1);
    expect(keys(outbox, 1_000)).toEqual(["c"]);
  });

  it("opens its own tables again, and refuses those of another version", () => {
    const { db, outbox } = open();
    enqueueEach(outbox, ["mail", "a"]);
    expect(keys(new Outbox(db), 0)).toEqual(["a"]);
    db.exec("update outbox_schema set version = 99");
    expect(() => new Outbox(db)).toThrow(UserError);
    expect(() => new Outbox(db)).toThrow(/has version 99, and this program knows version 1/);
  });

  it("delivers each notice once and each channel in order, whatever fails on the way", () => {
    const channel = fc.constantFrom("mail", "chat", "hook");
    const notice = fc.record({ channel, key: fc.constantFrom(..."abcdefgh") });
    const attempt = fc.record({
      tried: channel,
      outcome: fc.constantFrom("delivered", "failed", "busy"),
      later: fc.integer({ min: 0, max: 15 * minute }),
    });
    fc.assert(
      fc.property(
        fc.array(notice),
        fc.array(attempt),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (notices, attempts, part) => {
          const { outbox } = open(() => part);
          const isNew = notices.map(({ channel, key }) => outbox.enqueue({ channel, key, payload: null, at: 0 }));
          const expected = notices.filter((_, index) => isNew[index]).map(line);
          const delivered: string[] = [];
          let now = 0;
          for (const { tried, outcome, later } of attempts) {
            now += later;
            const due = outbox.due(now, 2);
            const first = due.find(({ channel }) => channel === tried) ?? due[0];
            if (!first) continue;
            if (outcome === "delivered") deliver(first);
            else outbox.failed(first.id, outcome, now, { retryAfter: outcome === "busy" ? 20 * minute : 0 });
          }
          now += day;
          for (let due = outbox.due(now, 2); due.length; due = outbox.due(now, 2))
            for (const next of due) deliver(next);
          expect(new Set(expected).size).toBe(expected.length);
          for (const channel of ["mail", "chat", "hook"]) {
            const own = (text: string) => text.startsWith(channel);
            expect(delivered.filter(own)).toEqual(expected.filter(own));
          }

          function deliver(notice: { id: number; channel: string; key: string }) {
            outbox.delivered(notice.id, now);
            delivered.push(line(notice));
          }
        },
      ),
    );
  });
});

function open(random?: () => number): { db: DatabaseSync; outbox: Outbox } {
  const db = new DatabaseSync(":memory:");
  return { db, outbox: new Outbox(db, random) };
}

function enqueueEach(outbox: Outbox, ...notices: readonly [channel: string, key: string][]): void {
  for (const [channel, key] of notices) outbox.enqueue({ channel, key, payload: null, at: 0 });
}

function keys(outbox: Outbox, now: number, limit = 10): string[] {
  return outbox.due(now, limit).map(({ key }) => key);
}

function line({ channel, key }: { channel: string; key: string }): string {
  return `${channel} ${key}`;
}
