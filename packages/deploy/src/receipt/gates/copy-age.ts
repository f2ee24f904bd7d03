import { hours, makeReceipt, pass, refuse, withReceipt } from "./verdict.ts";

/** The checks ran on data as production has it, or had it not long ago. */
export const copyAge = withReceipt(({ copy }, { now, limits, production }) => {
  if (!copy) {
    return production.stands
      ? refuse("the checks did not run on a copy of production's data", `pnpm sync:production, then ${makeReceipt}`)
      : pass("there is no production yet to copy");
  }
  const age = now - Date.parse(copy.at);
  const seen = `copy ${copy.id} is ${hours(age)} old, at most ${hours(limits.copy)}`;
  if (age <= limits.copy) return pass(seen);
  return refuse(seen, `pnpm sync:production, then ${makeReceipt}; or --allow-stale ${Math.ceil(age / 3_600_000)}h`);
});
