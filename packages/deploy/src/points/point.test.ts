import { describe, expect, it } from "vitest";
import { signingKey } from "../receipt/key.ts";
import { aCommit, emptyInstallation } from "../receipt/testing.ts";
import type { Manifest } from "./manifest.ts";
import { writeMessage } from "./manifest.ts";
import { readPoints } from "./point.ts";
import type { Tag } from "./tags.ts";
import { aManifest } from "./testing.ts";

const key = signingKey(emptyInstallation());
const name = "rollback-20261121-130405";

const aTag = (changes: Partial<Tag> = {}, manifest: Partial<Manifest> = {}): Tag => ({
  name,
  annotated: true,
  commit: aCommit,
  at: "2026-11-21T13:04:06.000Z",
  message: writeMessage(aManifest(manifest), key),
  ...changes,
});

describe("readPoints", () => {
  it("takes a tag that is as it was made", () => {
    expect(readPoints([aTag()], new Map(), key)).toEqual([
      { tag: name, time: "2026-11-21T13:04:05.000Z", commit: aCommit, manifest: aManifest() },
    ]);
  });

  it("takes one of files that differed from their commit", () => {
    const [point] = readPoints([aTag({}, { commit: `${aCommit}-dirty` })], new Map(), key);
    expect(point?.problem).toBeUndefined();
  });

  it.each<[what: string, tag: Tag, problem: RegExp]>([
    ["moved to another commit", aTag({ commit: "d".repeat(40) }), /moved from cccccccccccc to dddddddddddd/],
    ["put under another name", aTag({ name: "rollback-20270101-000000" }), /holds the message of rollback-20261121/],
    ["edited", aTag({ message: aTag().message.replace("ada", "eve") }), /edited/],
    ["lightweight", aTag({ annotated: false }), /plain tag/],
    ["somebody else's", aTag({ name: "rollback-plan", message: "the plan: [" }), /no point of ours/],
  ])("tells one that was %s", (_what, tag, problem) => {
    expect(readPoints([tag], new Map(), key)).toEqual([
      expect.objectContaining({ tag: tag.name, problem: expect.stringMatching(problem) }),
    ]);
  });

  it("tells one that was deleted from what is kept of it", () => {
    const kept = new Map([
      [name, aTag().message],
      ["rollback-20250102-030405", "nonsense"],
    ]);
    expect(readPoints([], kept, key)).toEqual([
      expect.objectContaining({ tag: name, commit: aCommit, manifest: aManifest(), deleted: true }),
      expect.objectContaining({
        time: "2025-01-02T03:04:05.000Z",
        problem: expect.stringMatching(/not in git.*; it is no/),
      }),
    ]);
    expect(readPoints([aTag()], new Map([[name, aTag().message]]), key)).toHaveLength(1);
  });
});
