import type { Node } from "@understudy/n8n";
import type { Content } from "../content/content.ts";
import { type Link, linkInWords, linksOf } from "./links.ts";
import { matchNodes } from "./match-nodes.ts";
import { type Change, changesBetween } from "./values.ts";

/** What makes one state of a workflow another. */
export interface WorkflowDiff {
  /** Of the workflow itself: name, settings, tags, … */
  readonly fields: readonly Change[];
  readonly added: readonly Node[];
  readonly removed: readonly Node[];
  readonly changed: readonly NodeChange[];
  /** Names of nodes that only lie elsewhere on the canvas. */
  readonly moved: readonly string[];
  readonly connected: readonly Link[];
  readonly disconnected: readonly Link[];
}

export interface NodeChange {
  /** As it is called afterwards. */
  readonly name: string;
  readonly type: string;
  readonly changes: readonly Change[];
}

/** Compare two states of a workflow node by node. Pure. @param before undefined: there was none */
export function diffContent(before: Content | undefined, after: Content): WorkflowDiff {
  const pairs = matchNodes(before?.nodes ?? [], after.nodes);
  const both = pairs.flatMap(([from, to]) => (from && to ? [changeOf(from, to)] : []));
  const renamed = new Map(pairs.flatMap(([from, to]) => (from && to ? [[from.name, to.name] as const] : [])));
  const links = { before: linksOf(before?.connections ?? {}, renamed), after: linksOf(after.connections) };
  return {
    fields: fieldsOf(before, after),
    added: pairs.flatMap(([from, to]) => (!from && to ? [to] : [])),
    removed: pairs.flatMap(([from, to]) => (from && !to ? [from] : [])),
    changed: both.filter(({ changes }) => changes.some(({ path }) => !isPlace(path))),
    moved: both.filter(isOnlyMoved).map(({ name }) => name),
    connected: missingIn(links.before, links.after),
    disconnected: missingIn(links.after, links.before),
  };
}

/** Whether two states are the same. */
export function isSame({ fields, added, removed, changed, moved, connected, disconnected }: WorkflowDiff): boolean {
  return [fields, added, removed, changed, moved, connected, disconnected].every(({ length }) => length === 0);
}

function fieldsOf(before: Content | undefined, { nodes: _, connections: __, ...after }: Content): Change[] {
  if (!before) return [];
  const { nodes: ___, connections: ____, ...earlier } = before;
  return changesBetween(earlier, after);
}

function changeOf(from: Node, to: Node): NodeChange {
  return { name: to.name, type: to.type, changes: changesBetween(from, to) };
}

function isOnlyMoved({ changes }: NodeChange): boolean {
  return changes.length > 0 && changes.every(({ path }) => isPlace(path));
}

function isPlace(path: string): boolean {
  return path === "position" || path.startsWith("position[");
}

function missingIn(one: readonly Link[], other: readonly Link[]): Link[] {
  const known = new Set(one.map(linkInWords));
  return other.filter((link) => !known.has(linkInWords(link)));
}
