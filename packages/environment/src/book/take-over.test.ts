import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Journal, parseSettings, readFact, resolveEnvironment, writeFact } from "@understudy/core";
import { describe, expect, it } from "vitest";
import type { Target } from "../target.ts";
import { type Book, type OpenRun, packBook, unpackBook } from "./book.ts";
import { localFiles } from "./local-files.ts";
import { readMark, refuseLost, takeOver, unended } from "./take-over.ts";

const settings = parseSettings(
  "environments: { staging: { kind: staging }, production: { kind: production } }",
  "understudy.yml",
);

function target(environment = "staging"): Target {
  const root = mkdtempSync(join(tmpdir(), "book-"));
  const installation = { root, stateDir: join(root, ".understudy") } as Target["installation"];
  return { installation, settings, environment: resolveEnvironment(settings, environment) };
}

function write({ installation }: Target, path: string, text: string): void {
  mkdirSync(dirname(join(installation.stateDir, path)), { recursive: true });
  writeFileSync(join(installation.stateDir, path), text);
}

const read = ({ installation }: Target, path: string) => readFileSync(join(installation.stateDir, path), "utf8");

/** What an operator has after a deploy. */
function deployed(): Target {
  const ada = target();
  writeFact(ada.installation, "staging", "release", { id: "r-1" });
  writeFact(ada.installation, "staging", "logins-shown", true);
  write(ada, "releases/r-1/release.json", "{}");
  write(ada, "deployed/staging/docker-compose.yml", "services: {}");
  const journal = new Journal(ada.installation, "staging", "deploy:staging");
  journal.step("apply");
  journal.end("succeeded");
  return ada;
}

const bookOf = (one: Target, generation = 1): Book => ({ generation, files: localFiles(one) });

const run: OpenRun = {
  ...{ run: "1795447825333-7", verb: "deploy:staging", step: "apply", at: "2026-11-23T15:30:31.534Z" },
  ...{ by: "ada@laptop", where: "laptop:/home/ada/understudy" },
};

describe("takeOver", () => {
  it("gives another operator what was noted, and what is only the first one's not", () => {
    const ada = deployed();
    const bob = target();
    takeOver(bob, { book: unpackBook(packBook(bookOf(ada))), open: undefined });
    expect(localFiles(bob)).toEqual(localFiles(ada));
    expect(readFact(bob.installation, "staging", "release")).toEqual({ id: "r-1" });
    expect(readFact(bob.installation, "staging", "logins-shown")).toBeUndefined();
  });

  it("takes away what the book no longer has", () => {
    const ada = deployed();
    writeFact(ada.installation, "staging", "swap", { what: "A copy" });
    const bob = target();
    takeOver(bob, { book: bookOf(ada), open: undefined });
    const { "facts/staging/swap.json": _ended, ...files } = bookOf(ada).files;
    takeOver(bob, { book: { generation: 2, files }, open: undefined });
    expect(readFact(bob.installation, "staging", "swap")).toBeUndefined();
    expect(readMark(bob)?.generation).toBe(2);
  });

  it("leaves what is newer here than in a book that was read before", () => {
    const ada = deployed();
    const book = bookOf(ada);
    takeOver(ada, { book, open: undefined });
    writeFact(ada.installation, "staging", "release", { id: "r-2" });
    takeOver(ada, { book, open: undefined });
    expect(readFact(ada.installation, "staging", "release")).toEqual({ id: "r-2" });
  });

  it("makes what is known here the first book, where there is none", () => {
    const ada = deployed();
    expect(takeOver(ada, { book: undefined, open: undefined })).toEqual({ generation: 0, hash: "" });
    expect(readFact(ada.installation, "staging", "release")).toEqual({ id: "r-1" });
  });

  it("does not go by what is known here once a book was seen, and is lost", () => {
    const ada = deployed();
    expect(() => refuseLost(ada)).not.toThrow();
    takeOver(ada, { book: bookOf(ada), open: undefined });
    expect(() => refuseLost(ada)).toThrow("is gone from its host (volume understudy-staging-book)");
  });

  it("lets a run that was cut off elsewhere be seen here, once", () => {
    const bob = target();
    const found = { book: bookOf(deployed()), open: run };
    takeOver(bob, found);
    takeOver(bob, found);
    const journal = new Journal(bob.installation, "staging", "deploy:staging");
    expect(journal.interrupted()).toEqual({ verb: run.verb, step: run.step, at: run.at });
    expect(read(bob, "journal/staging.jsonl").split(run.run)).toHaveLength(2);
  });

  it("gives another operator what ends a promotion: that it is under way, and the point that leads back", () => {
    const ada = target("production");
    writeFact(ada.installation, "production", "promotion", { verb: "promote", release: "r-2", tag: "rollback-1" });
    write(ada, "points/rollback-1/message.txt", "{}");
    write(ada, "points/rollback-1/deployed/docker-compose.yml", "services: {}");
    write(ada, "points/rollback-2/release.json", "what a killed run left");
    const bob = target("production");
    takeOver(bob, { book: bookOf(ada), open: { ...run, verb: "promote" } });
    expect(readFact(bob.installation, "production", "promotion")).toMatchObject({ tag: "rollback-1" });
    expect(read(bob, "points/rollback-1/deployed/docker-compose.yml")).toBe("services: {}");
    expect(existsSync(join(bob.installation.stateDir, "points/rollback-2"))).toBe(false);
  });

  it("keeps a receipt that was signed here", () => {
    const ada = deployed();
    write(ada, "receipts/r-1.json", "ada's");
    const bob = target();
    write(bob, "receipts/r-1.json", "bob's");
    takeOver(bob, { book: bookOf(ada), open: undefined });
    expect(read(bob, "receipts/r-1.json")).toBe("bob's");
  });

  it.each([
    "../../.bashrc",
    "points/../../../.ssh/authorized_keys",
    "/etc/passwd",
    "receipt.key",
    "facts/production/release.json",
    "deployed/staging/../../receipt.key",
  ])("writes nothing when a host names %s", (path) => {
    const bob = target();
    const book = { generation: 1, files: { ...bookOf(deployed()).files, [path]: "x" } };
    expect(() => takeOver(bob, { book, open: undefined })).toThrow(`does not belong there: ${path}`);
    expect(localFiles(bob)).toEqual({});
  });
});

describe("unended", () => {
  it("takes a run whose end is in the book as ended, though its mark is still there", () => {
    const ada = deployed();
    const journal = new Journal(ada.installation, "staging", "deploy:staging");
    journal.step("apply");
    const open = { ...run, run: journal.run };
    expect(unended({ book: { generation: 1, files: { "journal/staging.jsonl": "" } }, open })).toEqual(open);
    journal.end("succeeded");
    expect(unended({ book: bookOf(ada), open })).toBeUndefined();
  });
});
