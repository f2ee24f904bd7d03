import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { newUuid } from "./capture.ts";

it("makes uuids as RFC 9562 writes version 7: of now, and each another", () => {
  using database = new DatabaseSync(":memory:");
  const before = Date.now();
  const uuids = database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT ${newUuid} AS uuid FROM n`,
    )
    .all()
    .map(({ uuid }) => String(uuid));
  expect(new Set(uuids).size).toBe(1_000);
  for (const uuid of uuids) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ms = Number.parseInt(uuid.slice(0, 13).replace("-", ""), 16);
    expect(Math.abs(ms - before)).toBeLessThan(60_000);
  }
});
