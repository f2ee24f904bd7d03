import { describe, expect, it } from "vitest";
import type { Metadata } from "../archive/metadata.ts";
import { someMetadata } from "../archive/testing.ts";
import { compatibility, type Local, verdictOf } from "./compatibility.ts";

const database = {
  roles: [],
  leftOut: [],
  tables: [],
  structure: {},
  sequences: [],
  largeObjects: { count: 0, bytes: 0 },
};
const properties = {
  owner: "n8n",
  encoding: "UTF8",
  provider: "c",
  collate: "C",
  ctype: "C",
  locale: null,
  limit: -1,
  grants: [],
  settings: [],
} as const;

const archive = someMetadata(
  {},
  {
    services: { n8n: { image: "n8nio/n8n:2.41.1", version: "2.41.1" } },
    databases: [{ ...database, properties, name: "n8n", migration: "AddThings17" }],
    volumes: ["neo4j-data"],
  },
);

const local: Local = {
  understudyVersion: "0.1.0",
  postgres: 170_002,
  services: { n8n: "2.41.1" },
  migrations: { n8n: "AddThings17" },
  team: "shop",
  takesUnmasked: false,
  volumes: ["neo4j-data", "n8n-data"],
};

const judge = (theirs: Partial<Metadata>, ours: Partial<Local> = {}) =>
  compatibility({ ...archive, ...theirs }, { ...local, ...ours });

describe("an archive's compatibility", () => {
  it("is full for the same versions, patches of Postgres aside", () => {
    expect(judge({})).toEqual({ refusals: [], warnings: [] });
    expect(verdictOf(judge({}))).toBe("same");
  });

  it("is full for unmasked data where that may be", () => {
    expect(verdictOf(judge({ unmasked: true }, { takesUnmasked: true }))).toBe("same");
  });

  it.each([
    [{ understudyVersion: "0.2.0" }, {}, "exported by Understudy 0.2.0, and this is 0.1.0"],
    [{ postgres: 160_001 }, {}, "is of Postgres 16, and goes into Postgres 17"],
    [{}, { services: { n8n: "2.42.0" }, migrations: { n8n: "Later18" } }, "is of n8n 2.41.1, and here runs 2.42.0"],
    [{}, { services: {} }, "with n8n, which is not here"],
  ])("is a warning for %j and %j", (theirs, ours, words) => {
    const found = judge(theirs, ours);
    expect(found.refusals).toEqual([]);
    expect(found.warnings).toEqual([expect.stringContaining(words)]);
    expect(verdictOf(found)).toBe("differs");
  });

  it.each([
    [{ team: "other" }, {}, 'of team "other", and this installation is of team "shop"'],
    [{ unmasked: true }, {}, "this environment must have masked data"],
    [{ postgres: 180_001 }, {}, "of Postgres 18, and here runs Postgres 17"],
    [
      {},
      { services: { n8n: "2.9.3" }, migrations: { n8n: "Earlier3" } },
      "n8n 2.41.1, which n8n 2.9.3 here cannot run",
    ],
    [{ volumes: ["shop-files"] }, {}, "has volume shop-files"],
  ])("is none for %j and %j", (theirs, ours, words) => {
    const found = judge(theirs, ours);
    expect(found.refusals.map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
    expect(found.refusals[0]?.next).toBeTruthy();
    expect(verdictOf(found)).toBe("refused");
  });
});
