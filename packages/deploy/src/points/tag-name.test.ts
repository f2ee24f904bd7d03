import fc from "fast-check";
import { expect, it } from "vitest";
import { tagName, tagPattern, tagTime } from "./tag-name.ts";

it("a tag tells when its point was made, to the second", () => {
  const moments = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(moments, (at) => {
      expect(tagName(at)).toMatch(tagPattern);
      expect(tagTime(tagName(at)).getTime()).toBe(Math.floor(at.getTime() / 1_000) * 1_000);
    }),
  );
});
