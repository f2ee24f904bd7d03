import fc from "fast-check";
import { expect, it } from "vitest";
import { placeAfter } from "./read-page.ts";

it("gives rows without a key once each, wherever pages end among equal ones", () => {
  const hashes = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 });
  fc.assert(
    fc.property(hashes, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 60 }), (drawn, sizes) => {
      const rows = [...drawn].sort((left, right) => left - right);
      const given: number[] = [];
      let after: string[] = [];
      for (const size of sizes) {
        // As the server does: from a hash on, without so many of the first.
        const [hash, skipped = "0"] = after;
        const rest = hash === undefined ? rows : rows.filter((row) => row >= Number(hash)).slice(Number(skipped));
        const page = rest.slice(0, size);
        given.push(...page);
        if (page.length < size) break;
        after = placeAfter(page.map(String), after);
      }
      expect(given).toEqual(rows);
    }),
  );
});
