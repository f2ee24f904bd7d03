import { expect, it } from "vitest";
import { quoteLiteral, quoteName, quoteTable } from "./quote.ts";

it("quotes names and texts as SQL reads them", () => {
  expect(quoteName('Größe "XL"')).toBe('"Größe ""XL"""');
  expect(quoteTable({ schema: "a.b", name: "select" })).toBe('"a.b"."select"');
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("a\\'b")).toBe(" E'a\\\\''b'");
});
