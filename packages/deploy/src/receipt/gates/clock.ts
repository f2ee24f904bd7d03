import type { GateFacts } from "../facts.ts";
import { ReceiptFlaw } from "../flaw.ts";
import { pass, refuse, type Verdict } from "./verdict.ts";

/** How far two clocks that are right may be apart, ms. */
const tolerance = 60_000;

/** Nothing was made in the future: with a wrong clock, no age means anything. */
export function clock({ now, receipt, past }: GateFacts): Verdict {
  const told =
    !receipt || receipt instanceof ReceiptFlaw
      ? []
      : [
          { what: "the receipt", at: receipt.at },
          { what: "the health check", at: receipt.health.at },
          ...(receipt.workflows ? [{ what: "the run of the workflow tests", at: receipt.workflows.at }] : []),
          ...(receipt.copy ? [{ what: "the copy", at: receipt.copy.at }] : []),
        ];
  const ahead = [...told, ...past].find(({ at }) => Date.parse(at) > now + tolerance);
  const here = new Date(now).toISOString();
  if (!ahead) return pass(`it is ${here}`);
  return refuse(
    `${ahead.what} is of ${ahead.at}, and here it is ${here}`,
    "Set this machine's clock, then: pnpm promote --check",
  );
}
