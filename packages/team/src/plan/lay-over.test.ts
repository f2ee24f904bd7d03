import { describe, expect, it } from "vitest";
import { archivedFile } from "../archive/testing.ts";
import { layOver } from "./lay-over.ts";

describe("an archive over another", () => {
  const [env, old, now] = [
    archivedFile(".env", "A=1"),
    archivedFile("workflows.json", "[]"),
    archivedFile("workflows.json", "[1]"),
  ];

  it("has what is new and what has changed", () => {
    expect(layOver([env, now], { files: [env, old] })).toEqual({ files: [now], unchanged: [env] });
  });

  it("has all of it when there is none", () => {
    expect(layOver([env, now], undefined)).toEqual({ files: [env, now], unchanged: [] });
  });
});
