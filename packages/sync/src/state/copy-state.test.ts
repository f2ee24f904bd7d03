import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CopyFolder, type CopyState, keyId, newCopyId } from "./copy-state.ts";
import { maskingKey } from "./masking-key.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "understudy-state-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const installation = () => ({ root, stateDir: join(root, ".understudy") }) as never;
const begin = (id: string, to = "staging"): CopyFolder => {
  const state: CopyState = {
    ...{ id, from: "production", to, key: "k", sample: undefined, masked: true, startedAt: "2026-11-21T17:00:00Z" },
    ...{ phase: "copying", databases: {}, volumes: [] },
  };
  return CopyFolder.begin(installation(), state);
};

describe("the state of a copy", () => {
  it("is on disk after each step, for nobody else to read", () => {
    const folder = begin("20261121-170000");
    folder.updateDatabase("app", { plan: "p", hadLive: true });
    folder.updateDatabase("app", { done: { "public.t": 5 } });
    const file = join(root, "staging-data/20261121-170000/state.json");
    expect(JSON.parse(readFileSync(file, "utf8")).databases.app).toEqual({
      phase: "rows",
      plan: "p",
      hadLive: true,
      done: { "public.t": 5 },
    });
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(CopyFolder.last(installation(), "staging")?.state).toEqual(folder.state);
  });

  it("is found again only while its copy has not ended, and only for its environment", () => {
    begin("20261121-170000").update({ phase: "ended" });
    expect(CopyFolder.last(installation(), "staging")).toBeUndefined();
    begin("20261121-170001");
    begin("20261121-170002", "staging-2");
    expect(CopyFolder.last(installation(), "staging")?.state.id).toBe("20261121-170001");
    begin("20261121-170003").update({ phase: "undone" });
    expect(CopyFolder.last(installation(), "staging")).toBeUndefined();
  });

  it("that is damaged is said, with what to do", () => {
    mkdirSync(join(root, "staging-data/20261121-170000"), { recursive: true });
    writeFileSync(join(root, "staging-data/20261121-170000/state.json"), '{"id": "2026');
    expect(() => CopyFolder.last(installation(), "staging")).toThrow(/state.json is damaged/);
  });

  it("has an id in order of time", () => {
    expect(newCopyId(new Date("2026-11-21T17:05:01.999Z"))).toBe("20261121-170501");
  });
});

describe("the masking key", () => {
  it("is made once, and closed to others", () => {
    const key = maskingKey(installation());
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(maskingKey(installation())).toBe(key);
    expect(statSync(join(root, ".understudy/masking.key")).mode & 0o077).toBe(0);
    expect(keyId(key)).not.toContain(key.slice(0, 8));
    expect(keyId(key)).not.toBe(keyId(`${key.slice(1)}0`));
  });

  it("that is none is refused, and so is one that others can read", () => {
    mkdirSync(join(root, ".understudy"));
    writeFileSync(join(root, ".understudy/masking.key"), "short", { mode: 0o600 });
    expect(() => maskingKey(installation())).toThrow(/holds no key/);
    writeFileSync(join(root, ".understudy/masking.key"), "0".repeat(64));
    rmSync(join(root, ".understudy/masking.key"));
    writeFileSync(join(root, ".understudy/masking.key"), "0".repeat(64), { mode: 0o644 });
    expect(() => maskingKey(installation())).toThrow(/can be read by others/);
  });
});
