import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type History, openHistory } from "../src/history/history.ts";
import { Ledger } from "../src/monitor/ledger.ts";

/** The history on a volume of 1 MB, which the test fills. */
describe("a ledger whose volume is full", () => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  const filler = join(folder, "filler");
  let history: History;
  /** Upkeep, which runs beside, forgets what is a year old. */
  let at = Date.now();

  beforeEach(async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
    history = await openHistory(join(folder, "history.sqlite"), { maxBytes: 10_000_000, historyDays: 365 });
  });
  afterEach(async () => {
    await history.close();
    execFileSync("umount", [folder]);
  });

  const alert = (key: string) => ({ channel: "mail", key, payload: { key } });
  /** Distinct texts, so that every batch needs room. */
  const batch = (...keys: string[]) => {
    at += 1_000;
    const events = Array.from({ length: 40 }, (_, index) => ({
      kind: "test",
      text: `${at} ${index} ${"x".repeat(100)}`,
    }));
    return { at, events, notices: keys.map(alert) };
  };
  const keysDue = async (ledger: Ledger) => (await ledger.due(at + 60_000, 10)).map(({ key }) => key);
  const fill = () => {
    try {
      writeFileSync(filler, Buffer.alloc(2_000_000));
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    }
  };

  it("hands alerts out from memory, and writes everything down once there is room", async () => {
    const ledger = new Ledger(history, silentLog);
    await ledger.commit(batch("before"));
    expect(ledger.trouble).toBeUndefined();
    fill();
    await ledger.commit(batch("during-1"));
    await ledger.commit(batch("during-2"));
    expect(ledger.trouble).toContain("full");
    const due = await ledger.due(at + 60_000, 10);
    expect(due.map(({ key }) => key)).toEqual(["before", "during-1", "during-2"]);
    const delivered = due.find(({ key }) => key === "during-1");
    await ledger.delivered(delivered?.id ?? 0, at);
    expect(await keysDue(ledger)).toEqual(["before", "during-2"]);
    rmSync(filler);
    await ledger.commit(batch("after"));
    expect(ledger.trouble).toBeUndefined();
    expect(await keysDue(ledger)).toEqual(["before", "during-2", "after"]);
    const events = await history.events({ from: 0, to: at + 1, limit: 500 });
    expect(events.items).toHaveLength(160);
  });

  it("leaves a receiver that is down alone for a while, also from memory", async () => {
    const ledger = new Ledger(history, silentLog);
    fill();
    await ledger.commit(batch("only"));
    const [notice] = await ledger.due(at, 10);
    const next = await ledger.failed(notice?.id ?? 0, "connection refused", at, {});
    expect(next).toBeGreaterThan(at);
    expect(await ledger.due(at + 1_000, 10)).toEqual([]);
    expect(await ledger.due(next ?? 0, 10)).toHaveLength(1);
  });
});
