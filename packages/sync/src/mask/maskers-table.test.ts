import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { maskersTable } from "./maskers-table.ts";

test("docs/sanitization.md shows every masker as it is", () => {
  const page = readFileSync(new URL("../../../../docs/sanitization.md", import.meta.url), "utf8");
  const shown = /<!-- maskers -->\n\n([\s\S]*?)\n\n<!-- \/maskers -->/.exec(page)?.[1];
  expect(shown).toBe(maskersTable());
});
