import type { GateFacts } from "../facts.ts";
import { type FlawKind, ReceiptFlaw } from "../flaw.ts";
import { provenAt } from "../proven-at.ts";
import { hours, makeReceipt, pass, refuse, type Verdict, withReceipt } from "./verdict.ts";

const notThere: readonly FlawKind[] = ["missing", "unreadable", "another version"];

/** The release that staging runs has a receipt that can be read. */
export function present({ receipt, staging }: GateFacts): Verdict {
  if (!receipt) return refuse(`nothing is recorded of ${staging.environment}`, "Deploy it: pnpm deploy:staging");
  if (receipt instanceof ReceiptFlaw) {
    return notThere.includes(receipt.kind) ? refuse(receipt.message, makeReceipt) : pass("there is one");
  }
  return pass(`release ${receipt.release}, made by ${receipt.by}`);
}

/** Nobody changed it since. */
export function signature(facts: GateFacts): Verdict {
  const { receipt } = facts;
  if (receipt instanceof ReceiptFlaw && !notThere.includes(receipt.kind)) return refuse(receipt.message, makeReceipt);
  return withReceipt(() => pass("signed by this installation's key, and unaltered"))(facts);
}

/** It is not too old. */
export const fresh = withReceipt((receipt, { now, limits }) => {
  const age = now - provenAt(receipt);
  const seen = `${hours(age)} old, at most ${hours(limits.receipt)}`;
  return age <= limits.receipt ? pass(seen) : refuse(seen, makeReceipt);
});
