import { UserError } from "@understudy/core";

/** What can be wrong with a receipt. */
export type FlawKind = "missing" | "unreadable" | "another version" | "unsigned" | "another key" | "altered";

/** A receipt that proves nothing, and why. */
export class ReceiptFlaw extends UserError {
  readonly kind: FlawKind;

  constructor(kind: FlawKind, message: string, cause?: unknown) {
    super(message, { next: "Make one: pnpm promote --check", cause });
    this.kind = kind;
  }
}
