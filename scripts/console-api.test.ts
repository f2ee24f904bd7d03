import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { consoleApi, page } from "./console-api.ts";

it("docs/console-api.md is what the code says; node scripts/console-api.ts makes it anew", () => {
  expect(readFileSync(page, "utf8")).toBe(consoleApi());
});
