import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, secrets } from "@understudy/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backupKey } from "./backup-key.ts";

describe("backupKey", () => {
  let root: string;
  let file: string;
  const key = () => backupKey(findInstallation({ UNDERSTUDY_ROOT: root }));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "understudy-key-"));
    file = join(root, ".understudy/backup.key");
    mkdirSync(join(root, ".understudy"));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it("is made once, for its owner only, and never shown", () => {
    const made = key();
    expect(Buffer.from(made, "base64url")).toHaveLength(32);
    expect([key(), readFileSync(file, "utf8")]).toEqual([made, `${made}\n`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(secrets.redact(`key ${made}`)).toBe("key ‹secret›");
  });

  it("is refused when others can read it", () => {
    key();
    chmodSync(file, 0o640);
    expect(key).toThrow(`${file} can be read by others`);
  });

  it.each(["", "\n", "too-short", `${"a".repeat(42)}!`])("is not %j", (text) => {
    writeFileSync(file, text, { mode: 0o600 });
    expect(key).toThrow("backup.key holds no key");
  });

  it("says why it cannot be read", () => {
    mkdirSync(file, { mode: 0o700 });
    expect(key).toThrow(/backup.key cannot be read: EISDIR/);
  });
});
