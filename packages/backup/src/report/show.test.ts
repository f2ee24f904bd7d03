import { describe, expect, it } from "vitest";
import { showBackup, showBackups, showPrune, showRestore } from "./show.ts";

const id = "backup-20261121-020000";
const taken = {
  ...{ id, environment: "production", at: "2026-11-21T02:00:03.000Z", verified: false, heldMs: 240, bytes: 2_000_000 },
  ...{
    added: 1_000,
    databases: [{ name: "app", rows: 1_200, bytes: 1_000 }],
    volumes: ["n8n-data"],
    postgres: 170_002,
  },
  ...{ checksums: {}, seconds: 21.4, proof: null },
};
const proof = {
  ...({
    at: "2026-11-21T02:01:00.000Z",
    result: "succeeded",
    problems: [],
    restoredSeconds: 12.3,
    seconds: 61,
  } as const),
  services: ["n8n", "letta"],
};

describe("what people read", () => {
  it("of a backup says how large it is, how long writers stood still, and whether it was proven", () => {
    const text = showBackup(taken);
    expect(text).toContain(`${id}: production`);
    expect(text).toContain("Writers stood still for 240 ms.");
    expect(text).toContain("Not verified: pnpm backup --verify");
    expect(showBackup({ ...taken, verified: true, proof })).toMatch(
      /^Verified: restored in .*n8n, letta started on it\.$/m,
    );
  });

  it("of the list says which were proven, and shouts when one failed", () => {
    const backup = { id, environment: "production", time: "2026-11-21T02:00:05.000Z", bytes: 2_000_000 };
    const list = (verified: boolean | null) => showBackups([{ ...backup, verified }], "production");
    expect(list(true)).toMatch(/backup-20261121-020000.*2026-11-21 02:00 UTC.*yes/);
    expect(list(false)).toContain("it FAILED");
    expect(list(null)).toContain("not tried");
    expect(showBackups([], "production")).toBe(
      "production has no backups. Take one: pnpm backup --environment production\n",
    );
  });

  it("of a restore says what came back, and how to take it back", () => {
    const report = {
      id,
      environment: "production",
      at: taken.at,
      restored: true,
      databases: ["app"],
      volumes: [],
      files: [],
    };
    expect(showRestore({ ...report, present: "backup-2" })).toBe(
      `production is back to ${taken.at}: databases app.\nWhat was there before is backup-2: pnpm backup:restore backup-2\n`,
    );
    expect(showRestore({ ...report, restored: false, present: null })).toBe(
      `Nothing was changed. ${id} would bring back, as of ${taken.at}: databases app.\n`,
    );
    expect(showRestore({ ...report, databases: [], present: null })).toMatch(/^Nothing was missing/);
  });

  it("of a prune says why the others stay", () => {
    const report = { environment: "production", kept: [{ id, why: "one of the newest" }], removed: ["backup-1"] };
    const dry = showPrune({ ...report, dryRun: true, freed: null });
    expect(dry).toMatch(/backup-20261121-020000.*one of the newest/);
    expect(dry).toMatch(/Would remove backup-1\.\n$/);
    expect(showPrune({ ...report, dryRun: false, freed: 5_000_000 })).toMatch(
      /Removed backup-1; .* are free again\.\n$/,
    );
    expect(showPrune({ ...report, removed: [], dryRun: false, freed: null })).toMatch(/Nothing to remove\.\n$/);
  });
});
