import { UserError } from "@understudy/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash } from "../content/hash.ts";
import { content, migration } from "../testing/arbitrary.ts";
import { dollarQuoted, readDollarQuoted } from "./literal.ts";
import type { Migration } from "./migration.ts";
import { parseMigration } from "./parse.ts";
import { renderMigration } from "./render.ts";

const parse = (made: Migration) => {
  const { sql, data } = renderMigration(made);
  return parseMigration(made.name, sql, data);
};

describe("a migration", () => {
  it("read back is what was written, for any workflow", () => {
    fc.assert(
      fc.property(migration, (made) => {
        expect(parse(made)).toEqual(made);
      }),
      { numRuns: 250 },
    );
  });

  it("has the same bytes for the same workflow", () => {
    fc.assert(
      fc.property(migration, (made) => {
        expect(renderMigration(structuredClone(made))).toEqual(renderMigration(made));
        expect(renderMigration(parse(made))).toEqual(renderMigration(made));
      }),
    );
  });

  it("has each statement whole, and nothing else: what a workflow says stays within literals", () => {
    fc.assert(
      fc.property(migration, (made) => {
        const code = codeOf(renderMigration(made).sql);
        expect(code).not.toMatch(/DROP|CREATE/);
        expect(code.match(/;/g)).toHaveLength(2);
      }),
      { numRuns: 250 },
    );
  });

  const example = fc.sample(migration, { seed: 7, numRuns: 1 })[0] as Migration;
  const small: Migration = { ...example, isLarge: false, content: { ...example.content, description: null } };
  const { sql } = renderMigration({ ...small, hash: contentHash(small.content) });

  it("takes no text within its statements for a line of its header", () => {
    // The shorter the header, the nearer they are.
    const content = { ...small.content, nodes: [], connections: {}, tags: [], folder: [], isArchived: false };
    const workflowId = "\n-- Based on: none\n";
    const short = { ...small, content, hash: contentHash(content), project: undefined, notes: undefined };
    const made = { ...short, workflowId, basedOn: "0".repeat(64) };
    expect(parse(made)).toEqual(made);
  });

  it.each([
    ["a statement of somebody's own", (text: string) => `${text}DELETE FROM execution_entity;\n`],
    [
      "one in the middle",
      (text: string) => text.replace('INSERT INTO "migration', 'UPDATE x;\nINSERT INTO "migration'),
    ],
    ["a guard that is gone", (text: string) => text.replace(/ {2}AND current_setting.*;/, ";")],
    ["a workflow that is switched on", (text: string) => text.replace("/* active */ false", "/* active */ true")],
    ["another based-on", (text: string) => text.replace(/^-- Based on: .*$/m, "-- Based on: 00")],
    ["another name", (text: string) => text.replace(/^-- Workflow: .*$/m, "-- Workflow: Mallory's")],
    ["another hash", (text: string) => text.replace(/^-- Content: .*$/m, "-- Content: 00")],
    ["a source that is none", (text: string) => text.replace(/^-- Source: .*$/m, "-- Source: home")],
    ["no line of its header", (text: string) => text.replace(/^-- n8n: .*\n/m, "")],
    ["Windows' line ends", (text: string) => text.replaceAll("\n", "\r\n")],
    ["a half", (text: string) => text.slice(0, text.length / 2)],
    ["another format", (text: string) => text.replace("format 1", "format 2")],
    ["nothing", () => ""],
  ])("with %s is refused in one line", (_, alter) => {
    const text = alter(sql);
    expect(text).not.toBe(sql);
    expect(() => parseMigration(small.name, text)).toThrow(UserError);
    expect(() => parseMigration(small.name, text)).toThrow(/^[^\n]+$/);
  });

  it("under another name, or with another data file, is refused", () => {
    expect(() => parseMigration("20261122120001_any.sql", sql)).toThrow(/was made as 20261122120000_any\.sql/);
    const large = renderMigration({ ...small, isLarge: true });
    const read = (data?: string) => parseMigration(small.name, large.sql, data);
    expect(() => read()).toThrow(/needs data\/20261122120000_any\.json/);
    expect(() => read(`${large.data} `)).toThrow(/is not what/);
  });
});

describe("dollar quoting", () => {
  it("ends where the text ends, for any text", () => {
    const near = fc
      .array(fc.constantFrom("$", "json", "2", "1", "a", "$json$", "$json2$"))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), fc.string(), (text, after) => {
        const quoted = dollarQuoted(text);
        expect(readDollarQuoted(`x${quoted}::json${after}`, 1)).toEqual({ inner: text, end: 1 + quoted.length });
      }),
    );
  });
});

it("the hash of content differs when anything that travels differs", () => {
  fc.assert(
    fc.property(content, content, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      if (!same && contentHash(one) === contentHash(other)) expect(one).toEqual(other);
    }),
  );
});

/** Statements without their comments, texts and JSON, as Postgres' lexer would see them. */
function codeOf(sql: string): string {
  const tokens = /--[^\n\r]*|\/\*.*?\*\/|(?<tag>\$json\d*\$)[\s\S]*?\k<tag>|E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'/gs;
  return sql.replaceAll(tokens, " ");
}
