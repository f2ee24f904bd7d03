import { expect, it } from "vitest";
import { artifacts, provenTag, tagsOf } from "./artifacts.ts";
import { findBackup, holdingsOf } from "./catalog.ts";
import { aSnapshot } from "./testing.ts";

const [older, newer] = ["backup-20261120-020000", "backup-20261121-020000"] as const;
const part = (id: string, artifact: string, ...more: string[]) =>
  aSnapshot(`${id} ${artifact}`, [...tagsOf(id, artifact), ...more]);
const whole = (id: string) => [part(id, artifacts.database("app")), part(id, artifacts.manifest)];

it("sorts snapshots into backups, the newest first, with the size of all their parts", () => {
  const { backups, leftovers } = holdingsOf([...whole(older), ...whole(newer)]);
  expect(backups).toMatchObject([
    { id: newer, bytes: 20, manifest: `${newer} manifest`, verified: undefined },
    { id: older, bytes: 20 },
  ]);
  expect(leftovers).toEqual([]);
});

it("takes parts without a manifest for what a backup that did not end has left, and leaves to others what is theirs", () => {
  const left = part(older, artifacts.early);
  const { backups, leftovers } = holdingsOf([left, ...whole(newer), aSnapshot("of somebody", ["home"])]);
  expect(backups.map(({ id }) => id)).toEqual([newer]);
  expect(leftovers).toEqual([left]);
});

it("believes the newest proof", () => {
  const failed = part(newer, artifacts.proof);
  const succeeded = part(newer, artifacts.proof, provenTag);
  const verified = (...proofs: (typeof failed)[]) => holdingsOf([...whole(newer), ...proofs]).backups[0]?.verified;
  expect([verified(), verified(failed), verified(succeeded)]).toEqual([undefined, false, true]);
  expect([verified(succeeded, failed), verified(failed, succeeded)]).toEqual([false, true]);
});

it("finds a backup by its id, or the newest, and names those that are there", () => {
  const holdings = holdingsOf([...whole(older), ...whole(newer)]);
  expect([findBackup(holdings, older).id, findBackup(holdings, undefined).id]).toEqual([older, newer]);
  expect(() => findBackup(holdings, "backup-1")).toThrow(
    expect.objectContaining({
      message: 'There is no backup "backup-1"',
      next: `The newest are: ${newer}, ${older}; pnpm backup:list shows all`,
      exitCode: 2,
    }),
  );
  expect(() => findBackup(holdingsOf([]), undefined)).toThrow(
    expect.objectContaining({ message: "There is no backup yet", next: "Take one: pnpm backup", exitCode: 1 }),
  );
});
