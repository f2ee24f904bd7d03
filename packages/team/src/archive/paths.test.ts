import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archivePaths, isArchivePath } from "./paths.ts";

describe("paths in an archive", () => {
  it.each([
    archivePaths.metadata,
    archivePaths.workflows,
    archivePaths.credentials,
    archivePaths.environment,
    archivePaths.database("n8n"),
    archivePaths.database("Ünser Büro/x"),
    archivePaths.volume("neo4j-data"),
    archivePaths.compose("postgres/init-databases.sh"),
  ])("may be %s", (path) => expect(isArchivePath(path)).toBe(true));

  it.each([
    "",
    "../.env",
    "compose/../../etc/passwd",
    "/etc/passwd",
    "compose//x",
    "compose/./x",
    "compose\\..\\x",
    "compose/a b",
    "compose/a\u0000",
    "databases/a/b.sql",
    "volumes/x.sh",
    ".bashrc",
    `compose/${"x".repeat(100)}`,
  ])("may not be %j", (path) => expect(isArchivePath(path)).toBe(false));

  it("never lead out of the folder", () => {
    const part = fc.constantFrom("..", ".", "", "compose", "databases", "x.sql", ".env", "a", "/");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parts.join("/");
        return !isArchivePath(path) || join("/folder", path).startsWith("/folder/");
      }),
    );
  });
});
