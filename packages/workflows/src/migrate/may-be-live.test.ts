import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, resolveEnvironment, writeFact } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleContent, exampleMigration } from "../testing/example.ts";
import { mayBeLive } from "./may-be-live.ts";

describe("a migration that marks its workflow as live", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "understudy-live-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const may = (environment: string, name: string, publish = true) => {
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    const target = { installation, environment: resolveEnvironment(parseSettings("", "empty"), environment) };
    return mayBeLive(target)(exampleMigration({ publish, content: exampleContent({ name }) }));
  };

  it("switches it on, and none that is not marked", () => {
    expect([may("staging", "Orders"), may("production", "Orders")]).toEqual([true, true]);
    expect([may("staging", "Orders", false), may("production", "Orders", false)]).toEqual([false, false]);
  });

  it("switches on what sanitize.yml allows, and nothing else, where production's data is", () => {
    const installation = findInstallation({ UNDERSTUDY_ROOT: root });
    writeFact(installation, "staging", "copy", { id: "20261122-120000" });
    expect(may("staging", "Orders")).toBe(false);
    writeFact(installation, "staging", "active-workflows", ["Orders"]);
    expect([may("staging", "Orders"), may("staging", "Mail"), may("production", "Mail")]).toEqual([true, false, true]);
  });
});
