import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { secrets, UserError } from "@understudy/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { openHistory } from "./history.ts";
import { begin, names, numberedBatch } from "./numbered-batch.ts";
import { Store } from "./store.ts";
import { hour, temporaryFolder } from "./testing.ts";
import { HistoryUnavailable } from "./unavailable.ts";

vi.setConfig({ testTimeout: 60_000 });

const options = { maxBytes: 1e8, historyDays: 3_650 };

async function newHistory() {
  const file = join(temporaryFolder(), "staging.sqlite");
  const problems: Error[] = [];
  const history = await openHistory(file, { ...options, report: (problem) => problems.push(problem) });
  onTestFinished(() => history.close());
  return { file, history, problems };
}

it("does its calls in their order, and what is asked for before it closes", async () => {
  const { file, history } = await newHistory();
  expect(history.opened).toBe("new");
  for (let n = 1; n <= 50; n++) void history.commit(numberedBatch(n));
  const [between] = await Promise.all([history.loadState(), history.commit(numberedBatch(51)), history.close()]);
  expect(between).toEqual({ n: 50 });
  expect(existsSync(`${file}-wal`)).toBe(false);
  using store = Store.join(file, { ...options, now: () => begin });
  expect(store.loadState()).toEqual({ n: 51 });
  expect(store.latest().map(({ check }) => check)).toEqual(names.toSorted());
  await expect(history.latest()).rejects.toThrow("The history's thread has ended: it was closed");
});

it("packs by itself", async () => {
  const { file, history, problems } = await newHistory();
  const at = Date.now() - 2 * hour;
  await history.commit({ ...numberedBatch(1), at });
  await history.close();
  await using again = await openHistory(file, options);
  expect(again.opened).toBe("existing");
  using db = new DatabaseSync(file, { readOnly: true });
  await expect.poll(() => db.prepare("select count(*) as count from look").get()?.count).toBe(0);
  expect((await again.uptime({ from: at - hour, to: at + hour })).checks).toHaveLength(names.length);
  expect(problems).toEqual([]);
});

it("never keeps its caller waiting for the disk", async () => {
  const { file, history } = await newHistory();
  using other = new DatabaseSync(file, { timeout: 5_000 });
  other.exec("begin immediate");
  let done = false;
  const commit = history.commit(numberedBatch(1)).then(() => {
    done = true;
  });
  for (let ticks = 0; ticks < 20; ticks++) await sleep(5);
  expect(done).toBe(false);
  other.exec("rollback");
  await commit;
  expect(await history.loadState()).toEqual({ n: 1 });
});

it("gives a person's mistake back as such", async () => {
  const { history } = await newHistory();
  const asked = history.events({ from: 0, to: 1, cursor: "nonsense" });
  await expect(asked).rejects.toThrow(UserError);
  await expect(asked).rejects.toMatchObject({ message: '"nonsense" is no cursor', exitCode: 2 });
  const bug = history.commit({ at: Number.NaN });
  await expect(bug).rejects.not.toThrow(UserError);
  await expect(bug).rejects.toThrow("a batch's time must be whole ms");
});

it("refuses to open what a newer version wrote", async () => {
  const { file, history } = await newHistory();
  await history.close();
  {
    using db = new DatabaseSync(file);
    db.exec("pragma user_version = 99");
  }
  const opening = openHistory(file, options);
  await expect(opening).rejects.toThrow(UserError);
  await expect(opening).rejects.toThrow(/has version 99/);
});

it("sets a file aside that proves damaged in use, and goes on with a new one", async () => {
  const { file, history } = await newHistory();
  const at = Date.now() - 2 * hour;
  await history.commit({ ...numberedBatch(1), at });
  await history.close();
  const problems: string[] = [];
  await using again = await openHistory(file, { ...options, report: ({ message }) => problems.push(message) });
  using db = new DatabaseSync(file, { timeout: 5_000 });
  await expect.poll(() => db.prepare("update segment set buckets = x'ffff'").run().changes).toBe(4 * names.length);
  const asked = again.history({ from: at - hour, to: at + hour });
  await expect(asked).rejects.toThrow(HistoryUnavailable);
  await expect(asked).rejects.toMatchObject({ trouble: "damaged" });
  await again.commit(numberedBatch(2));
  expect(await again.loadState()).toEqual({ n: 2 });
  const { damaged } = again.opened as { damaged: string };
  expect(existsSync(damaged)).toBe(true);
  expect(problems).toEqual([`The history was damaged. It lies in ${damaged} now, and a new one is begun`]);
});

it("rejects what was asked for when its thread breaks down, and all after it", async () => {
  const { history } = await newHistory();
  const tooMuch = { at: begin, state: Array.from({ length: 2_000_000 }, () => [1]) };
  const asked = [history.commit(tooMuch), history.latest()];
  for (const call of asked) await expect(call).rejects.toThrow(/The history's thread has ended: .*memory/);
  await expect(history.loadState()).rejects.toThrow(/The history's thread has ended/);
  await history.close();
});

it("keeps no secret of an attempt that failed", async () => {
  secrets.add(["correct-horse"]);
  const { history } = await newHistory();
  await history.commit(numberedBatch(1));
  const [notice] = await history.due(begin, 1);
  await history.failed(notice?.id ?? 0, "POST https://hooks.example.org/correct-horse: 500", begin);
  expect(await history.pending()).toMatchObject([{ error: "POST https://hooks.example.org/‹secret›: 500" }]);
});
