import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filesOfTar } from "./tar.ts";

it.each(["gnu", "pax", "ustar"])("reads the files of a folder, in tar's format %s", (format) => {
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  const files = {
    book: Buffer.alloc(70_001, "b"),
    open: Buffer.from("{}"),
    none: Buffer.alloc(0),
    even: Buffer.alloc(1_024, "e"),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const archive = execFileSync("tar", ["-C", folder, `--format=${format}`, "-cf", "-", "."], { maxBuffer: 1_048_576 });
  expect(Object.fromEntries(filesOfTar(archive))).toEqual(files);
});
