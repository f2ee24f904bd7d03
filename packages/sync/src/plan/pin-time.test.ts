import { expect, test } from "vitest";
import { pinTime } from "./pin-time.ts";

const at = "2026-11-21T18:00:00.000Z";
const moment = `('${at}'::timestamptz)`;

test("the present is one moment, however it is said", () => {
  expect(pinTime("created_at > now() - interval '1 year'", at)).toBe(`created_at > ${moment} - interval '1 year'`);
  expect(pinTime("a < CURRENT_TIMESTAMP AND d = current_date", at)).toBe(`a < ${moment} AND d = ${moment}::date`);
  expect(pinTime("pg_catalog.now ( ) > t", at)).toBe(`${moment} > t`);
});

test("words in texts and names are no time", () => {
  const sql = `note <> 'now() is ''now()''' AND "now()" AND renow() AND current_dates`;
  expect(pinTime(sql, at)).toBe(sql);
});
