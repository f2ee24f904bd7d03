import type { GateFacts } from "../facts.ts";
import { ReceiptFlaw } from "../flaw.ts";
import type { Receipt } from "../receipt.ts";

/** What a gate says. */
export interface Verdict {
  readonly passed: boolean;
  /** What was seen, for people. */
  readonly seen: string;
  /** What to do, when it did not pass. */
  readonly next?: string;
}

export const makeReceipt = "pnpm promote --check";

export function pass(seen: string): Verdict {
  return { passed: true, seen };
}

export function refuse(seen: string, next: string): Verdict {
  return { passed: false, seen, next };
}

/** Judge what a receipt says; without one that holds, nothing that it says is worth anything. */
export function withReceipt(judge: (receipt: Receipt, facts: GateFacts) => Verdict): (facts: GateFacts) => Verdict {
  return (facts) =>
    facts.receipt === undefined || facts.receipt instanceof ReceiptFlaw
      ? { passed: false, seen: "cannot be told without a receipt that holds" }
      : judge(facts.receipt, facts);
}

/** ms as hours, for people. */
export function hours(ms: number): string {
  return `${Math.round(ms / 360_000) / 10} h`;
}

/** The first few of many names. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
