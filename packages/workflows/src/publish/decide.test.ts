import { describe, expect, it } from "vitest";
import type { MetadataRow } from "../database/metadata.ts";
import { decidePublishing, newestPerWorkflow } from "./decide.ts";

const row = (over: Partial<MetadataRow>): MetadataRow => ({
  name: "1.sql",
  checksum: null,
  workflowId: "w",
  versionId: "new",
  previousVersionId: "old",
  publish: "pending",
  syncedAt: new Date(0),
  notes: null,
  ...over,
});

describe("publishing what a migration brought", () => {
  it.each([
    ["is done while what ran before still runs", "new", "old", "old", "publish"],
    ["is done where nothing ran", "new", null, null, "publish"],
    ["was done already", "new", "old", "new", "runs"],
    ["is left when an operator published something else since", "new", "old", "theirs", "superseded"],
    ["is left when an operator switched it off since", "new", "old", null, "superseded"],
    ["is left when an operator switched it on since", "new", null, "theirs", "superseded"],
  ])("%s", (_, versionId, previousVersionId, live, expected) => {
    expect(decidePublishing({ versionId, previousVersionId }, live)).toBe(expected);
  });

  it("is for the newest of a workflow's migrations, over what ran before the first", () => {
    const rows = [
      row({ name: "2.sql", versionId: "v2", previousVersionId: "v0" }),
      row({ name: "3.sql", versionId: "v3", previousVersionId: "v0", publish: "failed" }),
      row({ name: "1.sql", versionId: "v1", publish: "done" }),
      row({ name: "4.sql", workflowId: "x", publish: "none" }),
    ];
    expect(newestPerWorkflow(rows).map(({ row, names }) => [row.versionId, row.previousVersionId, names])).toEqual([
      ["v3", "v0", ["2.sql", "3.sql"]],
    ]);
  });
});
