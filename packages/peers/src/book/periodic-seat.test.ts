import { expect, it } from "vitest";
import { offStatus } from "../periodic/periodic.ts";
import { Book } from "./book.ts";

/** Nobody's, on any Linux: the largest is 4,194,304. */
const dead = 2 ** 30;
/** The test runner, which lives. */
const other = process.ppid;
const status = { ...offStatus({ exchangeSeconds: 30, tables: ["notes"] }), enabled: true, state: "idle" as const };

it("one process has the seat at a time; another takes it when that one leaves, dies or falls silent", () => {
  let now = 1_000_000;
  using book = Book.open(":memory:", () => now);
  const { periodicSeat: seat } = book;
  expect(seat.take(other)).toBe(true);
  expect(seat.take()).toBe(false);
  expect(seat.take(other)).toBe(true);
  seat.leave();
  expect(seat.take(), "leaving is for who has it").toBe(false);
  seat.leave(other);
  expect(seat.take()).toBe(true);
  expect(seat.take(other)).toBe(false);
  now += 31_000;
  expect(seat.take(other), "silent").toBe(true);
  seat.leave(other);
  expect(seat.take(dead)).toBe(true);
  expect(seat.take(), "dead").toBe(true);
});

it("the others show what its holder says, as long as there is one", () => {
  let now = 1_000_000;
  using book = Book.open(":memory:", () => now);
  const { periodicSeat: seat } = book;
  expect(seat.told()).toBeUndefined();
  seat.take(other);
  expect(seat.told()).toBeUndefined();
  seat.tell(status, other);
  seat.tell({ ...status, state: "failing" });
  expect(seat.told()).toEqual(status);
  now += 31_000;
  expect(seat.told()).toBeUndefined();
});
