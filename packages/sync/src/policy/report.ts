import { table } from "@understudy/core";
import { stringify } from "yaml";
import { calledOf, placeInGraph, placeOf } from "./name-proposal.ts";
import type { GraphProposal, Proposal } from "./propose/proposal.ts";
import type { Lacks, PolicyReport } from "./sync-policy.ts";
import { asWritten } from "./write-policy.ts";

/** The report for people. */
export function showPolicy({ environment, file, written, lacks }: PolicyReport): string {
  const open = rowsOf(lacks);
  const done = written.flatMap(rowsOf).filter(({ rule }) => rule);
  return `${[
    ...(done.length ? [`Written to ${file}:`, tableOf(done)] : []),
    ...(open.length ? [done.length ? "Still unknown:" : "The policy says nothing of these:", tableOf(open)] : []),
    ...lacks.databases.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
    ...refusedOf(lacks).map(({ name, message, next }) => `${name}: cannot hold: ${message}. ${next}`),
    lastLine(environment, file, open, lacks),
  ].join("\n")}\n`;
}

/** `sync:policy --json`; documented in docs/cli-json.md. */
export function jsonPolicy({ environment, file, written, lacks }: PolicyReport) {
  return { environment, file, decided: isDecided(lacks), written: written.map(asJson), ...asJson(lacks) };
}

/** Whether a copy could begin. */
export function isDecided(lacks: Lacks): boolean {
  return rowsOf(lacks).length + refusedOf(lacks).length === 0;
}

function asJson({ databases, graph }: Lacks) {
  return {
    databases: databases.map(({ proposals, ...more }) => ({
      ...more,
      proposals: proposals.map((proposal) => {
        const { table = null, column = null, path = null, rule, because } = proposal;
        const called = calledOf(more.name, placeOf(proposal));
        return { called, table, column, path, because, rule: said(rule) };
      }),
    })),
    graph: graph
      ? {
          ...graph,
          proposals: graph.proposals.map((proposal) => {
            const { property = null, rule, ...more } = proposal;
            return { called: calledOf("neo4j", placeInGraph(proposal)), ...more, property, rule: said(rule) };
          }),
        }
      : null,
  };
}

type Rule = (Proposal | GraphProposal)["rule"];

/** A rule that says null, and no rule at all, are two things. */
function said(rule: Rule): unknown {
  return rule ? (asWritten(rule) ?? "null") : null;
}

interface Row {
  readonly name: string;
  readonly place: string;
  readonly rule: Rule;
  readonly because: string;
}

function rowsOf({ databases, graph }: Lacks): Row[] {
  return [
    ...databases.flatMap(({ name, proposals }) =>
      proposals.map((proposal) => ({ ...proposal, name, place: placeOf(proposal) })),
    ),
    ...(graph?.proposals ?? []).map(({ name, property, element, ...more }) => ({
      ...more,
      name: "neo4j",
      place: placeInGraph({ name, property, element }),
    })),
  ];
}

function refusedOf({ databases, graph }: Lacks) {
  return [
    ...databases.flatMap(({ name, refused }) => refused.map((one) => ({ name, ...one }))),
    ...(graph?.refused ?? []).map((one) => ({ name: "neo4j", ...one })),
  ];
}

function tableOf(rows: readonly Row[]): string {
  return table(
    ["Where", "What", "Proposed", "Why"],
    rows.map(({ name, place, rule, because }) => [name, place, inYaml(rule), because]),
  );
}

function inYaml(rule: Rule): string {
  return rule ? stringify(asWritten(rule), { collectionStyle: "flow", lineWidth: 0 }).trim() : "— say it yourself";
}

function lastLine(environment: string, file: string, open: readonly Row[], lacks: Lacks) {
  if (open.some(({ rule }) => rule)) {
    return `Without a rule: ${open.length}. Write the proposals to ${file}: pnpm sync:policy --accept; some of them: --accept "<where> <what>"`;
  }
  if (open.length) return `Need a rule that only you can say: ${open.length}. Write it to ${file}`;
  if (!isDecided(lacks)) return `Correct ${file}: what it says cannot hold`;
  return `The policy knows all that ${environment} has`;
}
