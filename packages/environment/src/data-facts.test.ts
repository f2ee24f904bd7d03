import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, parseSettings, readFact, resolveEnvironment, writeFact } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DataFacts, readDataFacts, writeDataFacts } from "./data-facts.ts";

const copied: DataFacts = {
  copy: {
    ...{ id: "20261122-120000", at: "2026-11-22T12:00:00.000Z", result: "succeeded", from: "production" },
    ...{ unmasked: false, healthySeconds: 12.5 },
  },
  activeWorkflows: ["Nightly report"],
};

describe("what is known of an environment's data", () => {
  let root = "";
  const target = () => ({
    installation: findInstallation({ UNDERSTUDY_ROOT: root }),
    environment: resolveEnvironment(parseSettings("", "empty"), "staging"),
  });
  const migrations = () => readFact(target().installation, "staging", "workflow-migrations");
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "understudy-facts-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is nothing until something is said", () =>
    expect(readDataFacts(target())).toEqual({ copy: null, activeWorkflows: [] }));

  it("is what was said last, and nothing of before stays with data that is no copy", () => {
    writeDataFacts(target(), copied);
    expect(readDataFacts(target())).toEqual(copied);
    writeDataFacts(target(), { copy: null, activeWorkflows: [] });
    expect(readDataFacts(target())).toEqual({ copy: null, activeWorkflows: [] });
    expect(readFact(target().installation, "staging", "active-workflows")).toBeUndefined();
  });

  it("is read by others under the names that they know", () => {
    writeDataFacts(target(), copied);
    expect(readFact(target().installation, "staging", "copy")).toMatchObject({ id: "20261122-120000" });
    expect(readFact(target().installation, "staging", "active-workflows")).toEqual(["Nightly report"]);
  });

  it("ends what was known of the old data's workflow migrations", () => {
    writeFact(target().installation, "staging", "workflow-migrations", { folder: "x", to: "y" });
    expect(migrations()).toBeDefined();
    writeDataFacts(target(), copied);
    expect(migrations()).toBeUndefined();
  });
});
