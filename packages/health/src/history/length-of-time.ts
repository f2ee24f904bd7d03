import { UserError } from "@understudy/core";

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Ten years, ms: what is longer is a slip. */
const longest = 3_650 * units.d;

/** `30m`, `7d` or `1d12h` as ms. @param flag is named in the error. @throws UserError if it is none, nothing or too long */
export function lengthOfTime(text: string, flag: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)];
  const whole = parts.map(([part]) => part).join("");
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0);
  if (whole === text && ms >= 1_000 && ms <= longest) return Math.round(ms);
  throw new UserError(`${flag} must be a length of time such as 30m, 12h, 7d or 4w, not "${text}"`, { exitCode: 2 });
}
