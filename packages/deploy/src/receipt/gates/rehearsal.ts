import { makeReceipt, pass, refuse, some, withReceipt } from "./verdict.ts";

/** What the release will do to production's data was seen to go well on the copy. */
export const rehearsal = withReceipt(({ rehearsal }) => {
  if (!rehearsal) return pass("there was no copy to rehearse on");
  const { migrations, unknown, healthySeconds } = rehearsal;
  const names = (of: typeof migrations) => some(of.map(({ database, name }) => `${database} ${name}`));
  if (unknown.length) {
    return refuse(
      `production's data has ${unknown.length} migrations that the copy lacks: ${names(unknown)}`,
      `pnpm sync:production, then ${makeReceipt}`,
    );
  }
  const time = healthySeconds === null ? "" : `, healthy after ${healthySeconds} s`;
  return pass(
    migrations.length
      ? `${migrations.length} migrations ran on the copy: ${names(migrations)}${time}`
      : `no migration is to run${time}`,
  );
});
