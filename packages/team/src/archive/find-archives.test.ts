import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findArchives, newestArchive } from "./find-archives.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy-find-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("archives in folders", () => {
  it("are listed with the newest first, and nothing else with them", () => {
    const names = ["team-export-2026-11-21-00-00-00.tar.gz", "team-export-2026-11-22-00-00-00.tar.gz.age", "notes.txt"];
    for (const name of names) writeFileSync(join(folder, name), "1234");
    mkdirSync(join(folder, "team-export-2027-01-01-00-00-00.tar.gz"));
    const found = findArchives([join(folder, "absent"), folder]);
    expect(found.map(({ stamp, encrypted, bytes }) => [stamp, encrypted, bytes])).toEqual([
      ["2026-11-22-00-00-00", true, 4],
      ["2026-11-21-00-00-00", false, 4],
    ]);
    expect(newestArchive([folder]).file).toBe(join(folder, names[1] ?? ""));
  });

  it("that are not there are told with where they were looked for, and what is there", () => {
    writeFileSync(join(folder, "team-export.zip"), "");
    const look = () => newestArchive([folder, join(folder, "absent")]);
    expect(look).toThrow(`Searched: ${folder} (has team-export.zip), ${join(folder, "absent")} (does not exist)`);
  });
});
