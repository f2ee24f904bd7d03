import { UserError } from "@understudy/core";
import { carryInstance, NoOwner } from "@understudy/n8n";
import { lockedPassword } from "../locked-password.ts";
import type { ServiceContext } from "../service-data.ts";

/** Nobody's login works in the copy, and then staging's own does: what is in `.env.<staging>` holds after the swap. */
export async function carryOwn({ incoming, live }: ServiceContext): Promise<void> {
  await incoming.query(
    `UPDATE public."user" SET password = $1, "mfaEnabled" = false, "mfaSecret" = NULL, "mfaRecoveryCodes" = NULL`,
    [lockedPassword],
  );
  try {
    await carryInstance(incoming, live);
  } catch (error) {
    if (!(error instanceof NoOwner)) throw error;
    throw new UserError("The copy of n8n has no owner", {
      next: "Start production's n8n once, and copy again",
      cause: error,
    });
  }
}
