import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fullSyncApi, page } from "./full-sync-api.ts";

it("docs/full-sync-api.md is what the code says; node scripts/full-sync-api.ts makes it anew", () => {
  expect(readFileSync(page, "utf8")).toBe(fullSyncApi());
});
