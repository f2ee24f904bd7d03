import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, resolveEnvironment } from "@understudy/core";
import { markSwapBegun, type Target } from "@understudy/environment";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MigrationFolder } from "../file/folder.ts";
import { exampleContent, exampleMigration } from "../testing/example.ts";
import { hasNewMigrations, noteBrought, upTo } from "./brought.ts";

describe("what an environment's data was brought", () => {
  let target: Target;
  let folder: MigrationFolder;
  const write = (name: string, title = "Orders") =>
    folder.write(exampleMigration({ name, content: exampleContent({ name: title }) }));
  const bring = (to?: string) => noteBrought(target, upTo(folder.files(), to));

  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), "understudy-brought-"));
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    const settings = parseSettings("", "empty");
    target = { installation, settings, environment: resolveEnvironment(settings, "staging") };
    folder = new MigrationFolder(installation);
  });
  afterEach(() => rmSync(target.installation.root, { recursive: true }));

  it("is nothing to look after where there are no files", () => {
    expect(hasNewMigrations(target)).toBe(false);
  });

  it("is looked at again when a file came, or was edited", () => {
    write("20261122120000_a.sql");
    expect(hasNewMigrations(target)).toBe(true);
    bring();
    expect(hasNewMigrations(target)).toBe(false);
    write("20261122120000_a.sql", "Edited");
    expect(hasNewMigrations(target)).toBe(true);
    bring();
    write("20261122120001_b.sql");
    expect(hasNewMigrations(target)).toBe(true);
  });

  it("is only what belongs to it: a newer file is for the next release", () => {
    write("20261122120000_a.sql");
    write("20261122120001_b.sql");
    bring("20261122120000_a.sql");
    expect(hasNewMigrations(target, "20261122120000_a.sql")).toBe(false);
    expect(hasNewMigrations(target)).toBe(true);
    expect(hasNewMigrations(target, "20261122110000_before_all.sql")).toBe(false);
  });

  it("is forgotten with the data", () => {
    write("20261122120000_a.sql");
    bring();
    markSwapBegun(target, { what: "The backup x", finish: "pnpm backup:restore x" });
    expect(hasNewMigrations(target)).toBe(true);
  });
});
