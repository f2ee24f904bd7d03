import fc from "fast-check";
import { expect, it } from "vitest";
import { lengthOfTime } from "./length-of-time.ts";

const hour = 3_600_000;

it.each([
  ["90s", 90_000],
  ["30m", 30 * 60_000],
  ["1.5h", 1.5 * hour],
  ["7d", 7 * 24 * hour],
  ["4w", 28 * 24 * hour],
  ["1d12h", 36 * hour],
])("%s is %d ms", (text, ms) => expect(lengthOfTime(text, "--since")).toBe(ms));

it.each(["", "7", "d", "7 d", "-1h", "1h -30m", "0h", "1y", "7D", "1e3s", "7d!", "99999w", "∞"])(
  "%j is refused",
  (text) => {
    const line = `--for must be a length of time such as 30m, 12h, 7d or 4w, not "${text}"`;
    expect(() => lengthOfTime(text, "--for")).toThrow(expect.objectContaining({ message: line, exitCode: 2 }));
  },
);

it("adds up its parts, and takes nothing else", () => {
  const part = fc.record({ amount: fc.integer({ min: 1, max: 500 }), unit: fc.constantFrom("s", "m", "h", "d") });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const texts = parts.map(({ amount, unit }) => `${amount}${unit}`);
      const sum = texts.reduce((total, text) => total + lengthOfTime(text, "--since"), 0);
      expect(lengthOfTime(texts.join(""), "--since")).toBe(sum);
      expect(() => lengthOfTime(`${texts.join("")}x`, "--since")).toThrow(/--since must be/);
    }),
  );
});
