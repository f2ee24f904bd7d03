import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, writeFact } from "@understudy/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readEnvironmentFiles, variablesIn, writeEnvironmentFiles } from "./environment-files.ts";

let roots: string[];
beforeEach(() => {
  roots = [];
});
afterEach(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

const machine = () => {
  const root = mkdtempSync(join(tmpdir(), "files-"));
  roots.push(root);
  const tls = { ca: "db-ca.pem" };
  const environment = { name: "production", postgres: { external: { tls } } };
  return { installation: findInstallation({ UNDERSTUDY_ROOT: root }), environment } as never;
};
const path = (target: never, file: string) =>
  join((target as { installation: { root: string } }).installation.root, file);
const put = (target: never, file: string, text: string, mode = 0o644) =>
  writeFileSync(path(target, file), text, { mode });

it("brings secrets and settings to another machine, and tells which", () => {
  const [here, there] = [machine(), machine()];
  put(here, "understudy.yml", "project: acme\n");
  put(here, ".env.production", "N8N_ENCRYPTION_KEY=secret\n", 0o600);
  put(here, ".env.staging", "N8N_ENCRYPTION_KEY=another\n", 0o600);
  put(here, "db-ca.pem", "whom to trust\n");
  const files = readEnvironmentFiles(here);
  expect(Object.keys(files)).toEqual(["understudy.yml", ".env.production", "db-ca.pem"]);
  expect(variablesIn(files, "production")).toEqual({ N8N_ENCRYPTION_KEY: "secret" });
  expect(variablesIn(files, "staging")).toEqual({});
  expect(writeEnvironmentFiles(there, files)).toEqual(["understudy.yml", ".env.production", "db-ca.pem"]);
  expect(readFileSync(path(there, ".env.production"), "utf8")).toBe("N8N_ENCRYPTION_KEY=secret\n");
  expect(statSync(path(there, ".env.production")).mode & 0o777).toBe(0o600);
  expect(writeEnvironmentFiles(there, files)).toEqual([]);
});

it("writes nothing where another environment's secrets are, and leaves settings as they are", () => {
  const there = machine();
  const text = (content: string) => ({ text: content, mode: 0o600 });
  put(there, "understudy.yml", "project: other\n");
  put(there, ".env.production", "A=now\n", 0o600);
  const files = { "understudy.yml": text("project: acme\n"), new: text("x"), ".env.production": text("A=then\n") };
  expect(() => writeEnvironmentFiles(there, files)).toThrow(/\.env\.production is there already, and is not what/);
  expect(existsSync(path(there, "new"))).toBe(false);
  const { ".env.production": _, ...others } = files;
  expect(writeEnvironmentFiles(there, others)).toEqual(["new"]);
  expect(readFileSync(path(there, "understudy.yml"), "utf8")).toBe("project: other\n");
});

it("has no record of what was never deployed, and all of one that was", () => {
  const here = machine();
  put(here, "understudy.yml", "project: acme\n");
  const { installation } = here as { installation: Parameters<typeof writeFact>[0] };
  writeFact(installation, "production", "release", { id: "r-1" });
  // What the fact names is lost: a backup without it would not do.
  expect(() => readEnvironmentFiles(here)).toThrow(/ENOENT|lost/);
});
