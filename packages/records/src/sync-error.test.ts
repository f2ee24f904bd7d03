import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { syncErrorCodes } from "./sync-error.ts";

it.each(syncErrorCodes)("docs/records.md says what %s means and what to do", (code) => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/records.md"), "utf8");
  const [row = ""] = guide.split("\n").filter((line) => line.startsWith("|") && line.includes(`\`${code}\``));
  const [, status, meaning, remedy] = row.split("|").map((cell) => cell.trim());
  expect([status, meaning, remedy]).not.toContain("");
  expect(remedy).toBeDefined();
});
