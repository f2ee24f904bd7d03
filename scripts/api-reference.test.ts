import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { apiReference, page } from "./api-reference.ts";

it("docs/records-api.md is what the code says; node scripts/api-reference.ts makes it anew", () => {
  expect(readFileSync(page, "utf8")).toBe(apiReference());
});
