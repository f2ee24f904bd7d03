import { writeFileSync } from "node:fs";
import { UserError } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { explained } from "./full-disk.ts";

/** What the system throws. */
function caught(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a failure to write", () => {
  it("for lack of room is said in words, with what to do", () => {
    const full = explained(caught(() => writeFileSync("/dev/full", "x")));
    expect(full).toBeInstanceOf(UserError);
    expect(full).toMatchObject({ message: expect.stringMatching(/^The disk is full: ENOSPC/) });
  });

  it("for lack of room is found behind what went wrong while cleaning up", () => {
    const full = caught(() => writeFileSync("/dev/full", "x"));
    const both = new SuppressedError(new UserError("the session is gone"), full, "cleaning up");
    expect(explained(both)).toMatchObject({ message: expect.stringMatching(/^The disk is full/) });
  });

  it("for another reason stays what it is", () => {
    const gone = caught(() => writeFileSync("/nowhere/at/all", "x"));
    expect(explained(gone)).toBe(gone);
  });
});
