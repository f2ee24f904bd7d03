import type { Observation } from "../check.ts";
import { describeMatcher, type Matcher, meets, show } from "./matcher.ts";

/** One value that was seen, and what it must be like. */
export interface Condition {
  /** For people, e.g. `status`, `header content-type`, `body $.status`. */
  readonly what: string;
  readonly value: unknown;
  readonly matcher: Matcher | undefined;
}

/**
 * Whether all hold, in words: of those that fail, what was seen and what was expected; of a success, `summary` and all that
 * was asked. A condition without matcher is none.
 */
export function judge(
  conditions: readonly Condition[],
  summary: string,
): Pick<Observation, "ok" | "seen" | "expected"> {
  const asked = conditions.flatMap(({ matcher, ...rest }) => (matcher ? [{ ...rest, matcher }] : []));
  const failed = asked.filter(({ matcher, value }) => !meets(matcher, value));
  const expected = (failed.length ? failed : asked).map(({ what, matcher }) => `${what} ${describeMatcher(matcher)}`);
  return {
    ok: failed.length === 0,
    seen: failed.length ? failed.map(({ what, value }) => `${what} ${show(value)}`).join("; ") : summary,
    ...(expected.length ? { expected: expected.join("; ") } : {}),
  };
}
