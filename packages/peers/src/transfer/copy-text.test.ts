import fc from "fast-check";
import { expect, it } from "vitest";
import { lastRow, splitFirst } from "./copy-text.ts";

/** As Postgres does it: CopyAttributeOutText in copyto.c. */
function written(value: string | null): string {
  if (value === null) return "\\N";
  const letters = new Map([..."\b\f\n\r\t\v"].map((letter, at) => [letter, `\\${"bfnrtv"[at]}`]));
  return value.replaceAll("\\", "\\\\").replaceAll(/[\b\f\n\r\t\v]/g, (letter) => letters.get(letter) ?? letter);
}

const text = fc.string({ unit: fc.constantFrom("a", "ä", "☃", "\\", "\t", "\n", "\r", "\b", "\f", "\v", "N", "n") });
const row = fc.array(fc.option(text), { minLength: 1, maxLength: 5 });
const copied = (rows: readonly (readonly (string | null)[])[]) =>
  Buffer.from(rows.map((values) => `${values.map(written).join("\t")}\n`).join(""));

it("reads the values of the last row, whatever is in them and before it", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      expect(lastRow(copied(rows))).toEqual(rows.at(-1));
    }),
  );
});

it("takes the first value off every row", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.bigInt(), row), { maxLength: 5 }), (rows) => {
      const { first, rest } = splitFirst(copied(rows.map(([hash, values]) => [String(hash), ...values])));
      expect(first).toEqual(rows.map(([hash]) => String(hash)));
      expect(rest).toEqual(copied(rows.map(([, values]) => values)));
    }),
  );
});
