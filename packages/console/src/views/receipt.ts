import type { Installation, Settings } from "@understudy/core";
import { receiptOf } from "@understudy/deploy";
import type { ReceiptView } from "../contract/receipt.ts";

/** What a release's receipt says. @throws UserError when there is none, or it was altered */
export function receiptView(of: { installation: Installation; settings: Settings }, release: string): ReceiptView {
  const { commit, images, staging, health, workflows, copy, by, at, holdsUntil } = receiptOf(of, release);
  return {
    ...{ release, commit, staging: staging.environment, health, workflows, copy, by, at, holdsUntil },
    images: Object.entries(images).map(([service, { reference, digest, id }]) => ({ service, reference, digest, id })),
  };
}
