import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { findInstallation, type Installation } from "./installation.ts";
import { closeQuietWindow, keepQuiet, lastQuietWindow, openQuietWindow } from "./quiet.ts";

describe("a quiet window", () => {
  let installation: Installation;
  beforeEach(() => {
    installation = findInstallation({ UNDERSTUDY_ROOT: mkdtempSync(join(tmpdir(), "quiet-")) });
  });

  it("ends by itself when the verb that opened it was killed", () => {
    openQuietWindow(installation, "staging", { what: "deploy:staging" }, 1_000);
    expect(lastQuietWindow(installation, "staging")).toEqual({ what: "deploy:staging", from: 1_000, until: 1_801_000 });
  });

  it("is remembered with its release when it is over", () => {
    openQuietWindow(installation, "staging", { what: "deploy:staging" }, 1_000);
    openQuietWindow(installation, "staging", { what: "deploy:staging", release: "r-1" }, 2_000);
    closeQuietWindow(installation, "staging", 5_000);
    expect(lastQuietWindow(installation, "staging")).toMatchObject({ release: "r-1", until: 5_000 });
    expect(lastQuietWindow(installation, "production")).toBeUndefined();
  });

  it("lasts until the next change when the environment was stopped on purpose", () => {
    openQuietWindow(installation, "staging", { what: "stop:staging" }, 1_000);
    keepQuiet(installation, "staging");
    expect(lastQuietWindow(installation, "staging")?.until).toBeGreaterThan(Date.now() + 1e12);
    openQuietWindow(installation, "staging", { what: "deploy:staging" }, 5_000);
    closeQuietWindow(installation, "staging", 9_000);
    expect(lastQuietWindow(installation, "staging")).toMatchObject({ what: "deploy:staging", until: 9_000 });
  });

  it("counts as none when its record is damaged", () => {
    openQuietWindow(installation, "staging", { what: "deploy:staging" });
    writeFileSync(join(installation.stateDir, "facts/staging/quiet.json"), "{");
    expect(lastQuietWindow(installation, "staging")).toBeUndefined();
  });
});
