import { describe, expect, it } from "vitest";
import { firstFailure, messageOf, UserError } from "./errors.ts";

describe("the message of what was thrown", () => {
  it.each([
    ["an error", new Error("no room"), "no room"],
    ["a text", "no room", "no room"],
    ["a thing without a text", { code: 5 }, "{ code: 5 }"],
    ["a thing whose text cannot be had", { toString: false }, "{ toString: false }"],
    ["nothing at all", undefined, "undefined"],
  ])("of %s", (_, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});

describe("of several failures", () => {
  const [gone, closing] = [new UserError("the engine is gone"), new UserError("the engine is gone still")];
  const bug = new TypeError("x is undefined");

  it("the first is told, when what was closed after it failed as the world fails", () => {
    const both = new SuppressedError(closing, gone);
    expect(firstFailure(gone)).toBe(gone);
    expect(firstFailure(both)).toBe(gone);
    expect(firstFailure(new SuppressedError(closing, both))).toBe(gone);
    expect(firstFailure(new SuppressedError(both, bug))).toBe(bug);
  });

  it("a bug is not hidden behind another failure", () => {
    const both = new SuppressedError(bug, gone);
    expect(firstFailure(both)).toBe(both);
  });
});
