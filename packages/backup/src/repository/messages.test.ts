import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freedOf, pathsOf, saidOf, snapshotsOf, statusOf, storedOf } from "./messages.ts";

// Lines as restic 0.18.0 printed them, shortened.
const status =
  '{"message_type":"status","seconds_elapsed":3,"percent_done":0.68,"total_files":2,"total_bytes":200,"bytes_done":136,"current_files":["/a"]}';
const summary =
  '{"message_type":"summary","files_new":3,"data_added":529318,"data_added_packed":1665,"total_bytes_processed":20971524,"snapshot_id":"61be"}';
const exit = '{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found"}';

describe("what restic prints", () => {
  it("says how far it is, storing and restoring", () => {
    expect(statusOf(status)).toEqual({ done: 136, total: 200, elapsed: 3 });
    expect(statusOf('{"message_type":"status","percent_done":0,"total_files":1,"bytes_done":5}')).toEqual({
      done: 5,
      total: 0,
      elapsed: 0,
    });
    expect(statusOf('{"message_type":"status","total_bytes":9,"bytes_restored":7}')).toMatchObject({
      done: 7,
      total: 9,
    });
    for (const line of [summary, exit, "", "[]", "null", "status"]) expect(statusOf(line)).toBeUndefined();
  });

  it("says last what it stored", () => {
    expect(storedOf([summary])).toEqual({ snapshot: "61be", bytes: 20_971_524, added: 1_665 });
    for (const lines of [[], [exit], [summary, ""]]) expect(storedOf(lines)).toBeUndefined();
  });

  it("lists snapshots, oldest first", () => {
    const older =
      '{"time":"2026-11-22T00:04:56.1Z","tree":"ac","paths":["/x"],"hostname":"h","id":"5c","short_id":"5c","summary":{"total_bytes_processed":7}}';
    const newer = '{"time":"2026-11-22T01:04:57+01:00","paths":["/y"],"tags":["a","b=c"],"id":"88"}';
    expect(snapshotsOf([`[${newer},${older}]`])).toEqual([
      { id: "5c", time: new Date("2026-11-22T00:04:56.1Z"), tags: [], paths: ["/x"], bytes: 7 },
      { id: "88", time: new Date("2026-11-22T00:04:57Z"), tags: ["a", "b=c"], paths: ["/y"], bytes: 0 },
    ]);
    expect(snapshotsOf(["[]"])).toEqual([]);
    expect(() => snapshotsOf(["Fatal"])).toThrow();
  });

  it("finds the files of a pack, and how many snapshots have each", () => {
    const of = (path: string, snapshot: string) => JSON.stringify({ object_type: "blob", id: "d6", path, snapshot });
    const lines = [`[${of("/big", "2e")},${of("/big", "2e")},${of("/v/big", "b6")},${of("/big", "b6")}]`];
    expect([...pathsOf(lines)]).toEqual([
      ["/big", 2],
      ["/v/big", 1],
    ]);
    expect([...pathsOf(['[{"object_type":"tree","id":"a"}]'])]).toEqual([]);
  });

  it.each([
    ["3 blobs / 0 B", 0],
    ["10 blobs / 1.879 KiB", 1_924],
    ["1 blobs / 19.074 MiB", 20_000_539],
    ["7 blobs / 2.000 GiB", 2_147_483_648],
  ])("says in words what a prune freed: %s", (words, bytes) => {
    expect(freedOf(["to delete:   9 blobs / 9 B", `total prune:           ${words}`, "remaining: 1 blobs / 1 B"])).toBe(
      bytes,
    );
  });

  it("is no number of ours when its words have changed", () => {
    expect(() => freedOf(["total prune: plenty"])).toThrow(
      "restic prune does not say what it freed: total prune: plenty",
    );
  });
});

describe("saidOf", () => {
  it("tells errors, the end and other words apart", () => {
    const archival = '{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/x"}';
    const check = '{"message_type":"error","message":"pack debc: does not exist\\n"}';
    expect(saidOf(["it is bad", archival, check, "42", exit, ""].join("\n"))).toEqual({
      exit: { code: 12, message: "Fatal: wrong password or no key found" },
      errors: ["/x: permission denied", "pack debc: does not exist\n"],
      text: ["it is bad", "42"],
    });
  });

  it("knows the end however much of the beginning is cut off", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(), (lines, cut) => {
        const before = lines.join("\n");
        const said = saidOf(`${before.slice(Math.min(cut, before.length))}\n${exit}\n`);
        expect(said.exit).toEqual({ code: 12, message: "Fatal: wrong password or no key found" });
      }),
    );
  });
});
