import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Book } from "./book.ts";
import { prepareBook } from "./schema.ts";
import { type NewSession, Sessions } from "./sessions.ts";

const session: NewSession = {
  sessionId: "s1",
  direction: "pull",
  method: "backup",
  role: "driver",
  peer: { nodeId: "b", name: "Server B" },
  sourceName: "Server B",
  targetName: "Server A",
  options: { compressionEnabled: true, verifyAfterSync: true },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "peers-book-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the book of sessions", () => {
  it("keeps a session with its progress, log and outcome for the next process", () => {
    const file = join(folder, "peers", "book.db");
    let node = "";
    {
      using book = Book.open(file);
      node = book.nodeId;
      book.sessions.insert(session);
      book.sessions.update("s1", {
        phase: "transfer",
        progress: 60,
        bytesTransferred: 12_500_000,
        totalBytes: 20_800_000,
      });
      book.sessions.log("s1", "info", "chunk 3 of 5", "transfer");
      book.sessions.note("s1", { notes: ["a note"] });
      book.sessions.note("s1", { verified: true });
    }
    using book = Book.open(file);
    expect(book.nodeId).toBe(node);
    expect(book.sessions.get("s1")).toMatchObject({
      ...session,
      status: "running",
      step: 2,
      steps: 5,
      progress: 60,
      bytesTransferred: 12_500_000,
      notes: ["a note"],
      verified: true,
      error: null,
    });
    expect(book.sessions.logOf("s1")).toMatchObject([{ text: "chunk 3 of 5", phase: "transfer", level: "info" }]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("ends a session once, and changes nothing of it afterwards", () => {
    using book = Book.open(":memory:");
    book.sessions.insert(session);
    expect(book.sessions.become("s1", "failed", { message: "no route", next: "Check the network" })).toBe(true);
    expect(book.sessions.become("s1", "completed")).toBe(false);
    book.sessions.update("s1", { progress: 99 });
    expect(book.sessions.get("s1")).toMatchObject({
      status: "failed",
      progress: 0,
      error: { message: "no route", next: "Check the network" },
    });
  });

  it("says in plain words that its disk is full", () => {
    using db = new DatabaseSync(":memory:");
    prepareBook(db);
    db.exec("PRAGMA max_page_count = 100");
    const sessions = new Sessions(db, Date.now);
    const fill = () => {
      for (;;) sessions.log("s1", "info", "x".repeat(10_000));
    };
    expect(fill).toThrow("The disk for chunks is full");
  });

  it("finds what is said to run and does not", () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    using book = Book.open(":memory:", () => now);
    book.sessions.insert(session);
    expect(book.sessions.markStuck()).toEqual([]);
    now += 30_000;
    book.sessions.beat("s1");
    now += 40_000;
    expect(book.sessions.markStuck()).toEqual([]);
    now += 40_000;
    expect(book.sessions.markStuck()).toMatchObject([{ sessionId: "s1", status: "interrupted" }]);
    expect(book.sessions.become("s1", "running")).toBe(true);
  });

  it("gives of the unfinished ones first what runs, whatever was interrupted before", () => {
    let now = 0;
    using book = Book.open(":memory:", () => ++now * 1_000);
    for (const sessionId of ["interrupted", "runs"]) book.sessions.insert({ ...session, sessionId });
    book.sessions.become("interrupted", "interrupted");
    expect(book.sessions.unfinished().map(({ sessionId }) => sessionId)).toEqual(["runs", "interrupted"]);
  });

  it("gives sessions newest first, page by page, and forgets old ones that ended", () => {
    let now = 0;
    using book = Book.open(":memory:", () => now);
    for (let at = 0; at < 5; at++) {
      now += 1_000;
      book.sessions.insert({ ...session, sessionId: `s${at}` });
      if (at !== 1) book.sessions.become(`s${at}`, "completed");
    }
    const first = book.sessions.list({ limit: 2 });
    expect(first.map(({ sessionId }) => sessionId)).toEqual(["s4", "s3"]);
    const second = book.sessions.list({ limit: 2, before: first[1]?.startedAt });
    expect(second.map(({ sessionId }) => sessionId)).toEqual(["s2", "s1"]);
    book.sessions.forgetBefore(new Date(4_000).toISOString());
    expect(book.sessions.list().map(({ sessionId }) => sessionId)).toEqual(["s4", "s3", "s1"]);
  });

  it("takes over the sessions of before the redesign", () => {
    const file = join(folder, "book.db");
    {
      using old = new DatabaseSync(file);
      old.exec(`CREATE TABLE InitialLoadSessions (id TEXT PRIMARY KEY, status TEXT, startedAt TEXT, error TEXT);
        INSERT INTO InitialLoadSessions VALUES ('old', 'failed', '2025-01-01T00:00:00.000Z', 'timeout'), ('stuck', 'running', '2025-01-02T00:00:00.000Z', NULL)`);
    }
    for (let opened = 0; opened < 2; opened++) {
      using book = Book.open(file);
      expect(book.sessions.get("old")).toMatchObject({
        status: "failed",
        direction: "push",
        method: "http",
        error: { message: "timeout", next: null },
      });
      expect(book.sessions.get("stuck")).toMatchObject({ status: "interrupted", method: "http" });
      book.sessions.insert({ ...session, sessionId: `new${opened}` });
      expect(book.sessions.get(`new${opened}`)?.method).toBe("backup");
    }
  });
});

it("calls a session that completed 100 %", () => {
  using book = Book.open(":memory:");
  book.sessions.insert(session);
  book.sessions.update("s1", { phase: "verify", progress: 97, phaseProgress: 80, estimatedTimeRemaining: 3 });
  book.sessions.become("s1", "completed");
  expect(book.sessions.get("s1")).toMatchObject({ progress: 100, phaseProgress: 100, estimatedTimeRemaining: null });
});

describe("the book of peers", () => {
  it("keeps of a token that others show only its hash, and binds an invitation to who comes first", () => {
    const file = join(folder, "book.db");
    let now = 0;
    using book = Book.open(file, () => now);
    const token = book.peers.issueToken("Server B", 60_000);
    expect(readFileSync(file).includes(token) || readFileSync(`${file}-wal`).includes(token)).toBe(false);
    expect(book.peers.holderOf(token)).toBeNull();
    expect(book.peers.accept(token, "b")).toBe(true);
    expect(book.peers.accept(token, "c")).toBe(false);
    expect(book.peers.holderOf(token)).toBe("b");
    expect(book.peers.holderOf("guessed")).toBeUndefined();
    const late = book.peers.issueToken("Server C", 60_000);
    now = 60_001;
    expect(book.peers.holderOf(late)).toBeUndefined();
    expect(book.peers.accept(late, "c")).toBe(false);
  });

  it("finds a peer by name, host or id, and forgets it with its token", () => {
    using book = Book.open(":memory:");
    const token = book.peers.issueToken("Server B", 60_000, "b");
    book.peers.put({
      nodeId: "b",
      name: "Server B",
      url: "https://192.168.0.114:8095",
      kind: "production",
      fingerprint: null,
      token: "t",
    });
    for (const who of ["b", "Server B", "192.168.0.114", "192.168.0.114:8095"])
      expect(book.peers.find(who)).toHaveLength(1);
    expect(book.peers.find("Server C")).toEqual([]);
    expect(book.peers.remove("b")).toBe(true);
    expect(book.peers.remove("b")).toBe(false);
    expect(book.peers.holderOf(token)).toBeUndefined();
  });
});
