import type { Target } from "@understudy/environment";
import { ReceiptFlaw } from "./flaw.ts";
import { provenAt } from "./proven-at.ts";
import type { Receipt } from "./receipt.ts";
import { readReceipt } from "./store.ts";

export interface DatedReceipt extends Receipt {
  /** ISO 8601. Afterwards it lets nothing into production. */
  readonly holdsUntil: string;
}

/** The receipt of a release. @throws ReceiptFlaw when there is none, or it does not prove what it says */
export function receiptOf(
  { installation, settings }: Pick<Target, "installation" | "settings">,
  release: string,
): DatedReceipt {
  const receipt = readReceipt(installation, release);
  if (receipt instanceof ReceiptFlaw) throw receipt;
  const until = provenAt(receipt) + settings.promote.receiptHours * 3_600_000;
  return { ...receipt, holdsUntil: new Date(until).toISOString() };
}
