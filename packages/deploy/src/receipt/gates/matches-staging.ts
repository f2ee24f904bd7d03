import type { GateFacts } from "../facts.ts";
import type { Receipt } from "../receipt.ts";
import { makeReceipt, pass, refuse, some, withReceipt } from "./verdict.ts";

const deployAndProve = `pnpm deploy:staging, then ${makeReceipt}`;

/** What runs in staging, and what the working tree would share with production, is what was proven. */
export const matchesStaging = withReceipt((receipt, facts) => {
  const { staging } = facts;
  const { release, deployed, running, environment, copy } = staging;
  if (receipt.staging.environment !== environment) {
    return refuse(`the receipt was made on ${receipt.staging.environment}, this is ${environment}`, makeReceipt);
  }
  if (release?.id !== receipt.release || release.commit !== receipt.commit) {
    return refuse(
      `${environment} runs ${release?.id ?? "nothing known"} (${release?.commit ?? "no commit"}), the receipt is for ${receipt.release} (${receipt.commit})`,
      makeReceipt,
    );
  }
  if (deployed !== running) return refuse(`${environment} was changed by hand since its last deploy`, deployAndProve);
  if (receipt.staging.fingerprint !== running) {
    return refuse(`${environment} was changed since the receipt was made`, makeReceipt);
  }
  if ((receipt.copy?.id ?? undefined) !== copy) {
    return refuse(
      `${environment} holds ${heldCopy(copy)}, the checks ran on ${heldCopy(receipt.copy?.id)}`,
      makeReceipt,
    );
  }
  const drifted = driftedParts(receipt, facts);
  if (drifted.length) return refuse(`the working tree has other ${some(drifted)} than were proven`, deployAndProve);
  return pass(`${environment} runs what was proven, unchanged`);
});

function driftedParts({ shared }: Receipt, { staging }: GateFacts): string[] {
  const parts = new Set([...Object.keys(shared), ...Object.keys(staging.shared)]);
  return [...parts].filter((part) => shared[part] !== staging.shared[part]);
}

function heldCopy(id: string | undefined): string {
  return id === undefined ? "no copy of production's data" : `copy ${id}`;
}
