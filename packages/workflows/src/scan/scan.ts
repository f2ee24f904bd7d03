import type { Content } from "../content/content.ts";
import { personalIn } from "./personal.ts";
import { secretIn } from "./secrets.ts";
import { textsOf } from "./texts.ts";

/** Something that must not be in git. */
export interface Finding {
  readonly where: string;
  /** `a secret`, `an e-mail address`, … */
  readonly kind: string;
  /** Its beginning only. */
  readonly shown: string;
}

/**
 * Secrets and details of people in what a workflow's authors wrote. Pure.
 * @param allowed values that may be there; `@acme.com` allows every address of a domain
 */
export function scan(content: Pick<Content, "nodes" | "description">, allowed: readonly string[] = []): Finding[] {
  const isAllowed = (found: string) =>
    allowed.some((value) => found === value || (value.startsWith("@") && found.endsWith(value)));
  return [...textsOf(content)].flatMap((written) => {
    const secret = secretIn(written);
    if (secret !== undefined) return isAllowed(secret) ? [] : [finding(written.where, "a secret", secret)];
    return personalIn(written.text)
      .filter(({ found }) => !isAllowed(found))
      .map(({ kind, found }) => finding(written.where, kind, found));
  });
}

function finding(where: string, kind: string, found: string): Finding {
  return { where, kind, shown: `${[...found].slice(0, 3).join("")}…` };
}
