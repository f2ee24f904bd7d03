import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "@understudy/core";
import { type Document, parseDocument } from "yaml";
import type { GraphProposal, Proposal, ProposedRule } from "./propose/proposal.ts";

/** The comment that a new file begins with. */
const heading = ` What happens to each table and column of production when it is copied: docs/sanitization.md.
 Commit it. What it does not name stops the copy; pnpm sync:policy proposes rules for it.`;

/** A rule, and where in a policy file it stands. */
export interface Addition {
  readonly at: readonly string[];
  /** Undefined: a person must say it. */
  readonly rule: ProposedRule | GraphProposal["rule"] | undefined;
}

/** Where the proposals of a database are written. */
export function additionsOf(database: string, proposals: readonly Proposal[]): Addition[] {
  return proposals.map(({ table, column, path, rule }) => ({
    at: [
      ...["databases", database],
      ...(table === undefined ? ["largeObjects"] : ["tables", table]),
      ...(column === undefined ? [] : ["columns", column]),
      ...(path === undefined ? [] : ["json", path]),
    ],
    rule,
  }));
}

/** Where the proposals of a graph are written. */
export function additionsOfGraph(proposals: readonly GraphProposal[]): Addition[] {
  return proposals.map(({ element, name, property, rule }) => ({
    at: ["neo4j", `${element}s`, name, ...(property === undefined ? [] : [property])],
    rule,
  }));
}

/** Add rules to `sanitize.yml`. What it says already stays, comments included. @returns how many were added */
export function writePolicy(file: string, additions: readonly Addition[]): number {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const { text: added, count } = addRules(text, additions);
  if (count > 0) writeFileAtomic(file, added, 0o644);
  return count;
}

/** The text of a policy file with rules added to it. */
export function addRules(text: string, additions: readonly Addition[]): { text: string; count: number } {
  const document: Document = parseDocument(text);
  if (!document.contents) document.commentBefore ??= heading;
  const added = additions.filter((addition) => add(document, addition));
  return { text: document.toString({ lineWidth: 120 }), count: added.length };
}

/** @returns whether there was something to add */
function add(document: Document, { at, rule }: Addition): boolean {
  if (!rule || document.hasIn(at)) return false;
  document.setIn(at, document.createNode(asWritten(rule), { flow: true }));
  return true;
}

/** A rule as a policy file says it, for YAML or JSON. */
export function asWritten(rule: NonNullable<Addition["rule"]>): unknown {
  switch (rule.kind) {
    case "null":
      return null;
    case "columns":
      return { columns: {} };
    case "properties":
      return {};
    case "documents":
      return { json: {} };
    case "mask": {
      const { masker, distinct, person, options } = rule;
      const more = { ...(distinct ? { distinct } : {}), ...(person === undefined ? {} : { person }), ...options };
      return Object.keys(more).length ? { mask: masker, ...more } : masker;
    }
    default:
      return rule.kind;
  }
}
