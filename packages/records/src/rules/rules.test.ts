import { describe, expect, it } from "vitest";
import type { Result } from "../packet/change.ts";
import { needsResync } from "./needs-resync.ts";
import { placePacket } from "./place-packet.ts";
import { purgePoint } from "./purge-point.ts";
import { receive } from "./receive.ts";
import { settle } from "./settle.ts";

describe("a packet's number", () => {
  it("is the next one, or one that is answered again with the same content, or refused", () => {
    expect(placePacket(4, 5, "h", undefined)).toBe("next");
    expect(placePacket(4, 4, "h", "h")).toBe("again");
    expect(placePacket(4, 2, "h", "h")).toBe("again");
    expect(placePacket(4, 4, "h", "other")).toEqual({ refused: "packet 4 came before with other content" });
    expect(placePacket(4, 6, "h", undefined)).toEqual({ refused: "packet 6 came, and 5 is expected" });
    expect(placePacket(4, 3, "h", undefined)).toHaveProperty("refused");
  });
});

describe("who was away", () => {
  it("fetches everything anew only if deletions were purged that it has not seen, or the server was set back", () => {
    expect(needsResync({ cursor: 50, watermark: 0 }, 50, 90)).toBeUndefined();
    expect(needsResync({ cursor: 49, watermark: 0 }, 50, 90)).toMatch(/away for too long/);
    expect(needsResync({ cursor: 3, watermark: 50 }, 50, 90)).toBeUndefined();
    expect(needsResync({ cursor: 3, watermark: 50 }, 60, 90)).toMatch(/away/);
    expect(needsResync({ cursor: 91, watermark: 0 }, 50, 90)).toMatch(/set back/);
  });

  it("holds the purge back while it is expected, and no longer", () => {
    const node = (cursor: number, lastSeen: number | undefined) => ({ cursor, lastSeen });
    expect(purgePoint([node(10, 900), node(30, 990)], 40, 1_000, 200)).toBe(10);
    expect(purgePoint([node(10, 700), node(30, 990)], 40, 1_000, 200)).toBe(30);
    expect(purgePoint([node(10, undefined)], 40, 1_000, 200)).toBe(40);
  });
});

describe("what the server sends", () => {
  const held = { version: 5, pending: false, parked: false };

  it("is taken when it is newer, and nothing of ours waits", () => {
    expect(receive({ version: 6 }, held, false)).toEqual({ take: true, parked: false });
    expect(receive({ version: 5 }, held, false).take).toBe(false);
    expect(receive({ version: 5 }, held, true).take).toBe(true);
    expect(receive({ version: 1 }, undefined, false).take).toBe(true);
    expect(receive({ version: 6 }, { ...held, pending: true }, true).take).toBe(false);
  });

  it("waits while the record is parked, and ends that when the server has", () => {
    expect(receive({ version: 6, parked: true }, { ...held, parked: true }, false)).toEqual({
      take: false,
      parked: true,
    });
    expect(receive({ version: 6 }, { ...held, parked: true }, false)).toEqual({ take: true, parked: false });
    expect(receive({ version: 6 }, { version: 5, parked: true, pending: true }, false)).toEqual({
      take: false,
      parked: false,
    });
  });
});

describe("an answer", () => {
  const result: Result = {
    entity_type: "notes",
    entity_uuid: "u",
    status: "rejected",
    version: 9,
    data: { a: "theirs" },
  };

  it("brings the server's row, but not over what was written since", () => {
    expect(settle(result, 5, false)).toEqual({ version: 9, parked: false, data: { a: "theirs" } });
    expect(settle(result, 5, true)).toEqual({ version: 5, parked: false });
    expect(settle({ ...result, status: "merged" }, 5, true).version).toBe(5);
  });

  it("moves the base of what was written since only if the change was accepted", () => {
    expect(settle({ ...result, status: "accepted" }, 5, true).version).toBe(9);
    expect(settle({ ...result, status: "parked" }, 5, false)).toEqual({ version: 5, parked: true });
  });
});
