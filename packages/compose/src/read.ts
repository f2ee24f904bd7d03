import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UserError } from "@understudy/core";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import { problem, shownPath } from "./tree/problem.ts";
import type { Entry, Mapping, MergeTag, Position, Scalar, Sequence, Tree } from "./tree/tree.ts";

/** More values than any real file has; stops aliases that multiply themselves. */
const MAX_VALUES = 100_000;

/** Reads one compose file. @throws UserError with file, line and column when it is missing or broken. */
export async function readComposeFile(file: string): Promise<Mapping> {
  const path = resolve(file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new UserError(`Compose file ${shownPath(path)} cannot be read (${code})`, { cause });
  }
  return parseCompose(text, path);
}

/**
 * YAML text to a tree that knows every value's position. Anchors, aliases and merge keys (`<<`) are resolved, `!reset`
 * and `!override` are kept as tags, numbers with a leading zero are octal as in Compose.
 * @throws UserError for broken YAML, duplicate keys, unknown tags, several documents, an empty file.
 */
export function parseCompose(text: string, file: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  for (const error of [...document.errors, ...document.warnings]) {
    if (error.code === "TAG_RESOLVE_FAILED" && /!(reset|override)\b/.test(error.message)) continue;
    throw problem(at(error.pos[0]), "", yamlMessage(error.code, error.message));
  }
  const contents = document.contents;
  if (!isMap(contents)) throw problem(at(0), "", "a compose file must be a mapping with a 'services' key");
  return new TreeBuilder(document, at).build(contents as Node) as Mapping;
}

class TreeBuilder {
  readonly #document: Document;
  readonly #at: (offset: number) => Position;
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(document: Document, at: (offset: number) => Position) {
    this.#document = document;
    this.#at = at;
  }

  build(node: Node | null | undefined, near: Position = this.#at(0)): Tree {
    const at = node?.range ? this.#at(node.range[0]) : near;
    if (++this.#values > MAX_VALUES) throw problem(at, "", `more than ${MAX_VALUES} values: an alias repeats itself`);
    if (!node) return { kind: "scalar", value: null, at };
    if (isAlias(node)) return this.build(this.#target(node, at), at);
    if (this.#open.has(node)) throw problem(at, "", "an anchor contains itself");
    this.#open.add(node);
    try {
      return { ...this.#value(node, at), ...mergeTag(node) };
    } finally {
      this.#open.delete(node);
    }
  }

  #value(node: Node, at: Position): Tree {
    if (isMap(node)) return this.#mapping(node as Node & { items: unknown[] }, at);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as Node, at));
      return { kind: "sequence", items, at } satisfies Sequence;
    }
    if (isScalar(node)) return { kind: "scalar", value: scalarValue(node), at } satisfies Scalar;
    throw problem(at, "", "this kind of YAML value is not supported");
  }

  #mapping(node: { items: unknown[] }, at: Position): Mapping {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const keyNode = pair.key as Node | null;
      const keyAt = keyNode?.range ? this.#at(keyNode.range[0]) : at;
      if (!isScalar(keyNode)) throw problem(keyAt, "", "a key must be plain text");
      const value = this.build(pair.value as Node | null, keyAt);
      const key = keyNode.source ?? String(keyNode.value);
      if (key === "<<" && (keyNode.type === "PLAIN" || keyNode.type === undefined))
        this.#mergeInto(merged, value, keyAt);
      else own.set(key, { at: keyAt, value });
    }
    return { kind: "mapping", entries: new Map([...merged, ...own]), at };
  }

  /** `<<: *a` or `<<: [*a, *b]`; the earlier one wins, as YAML says. */
  #mergeInto(merged: Map<string, Entry>, value: Tree, at: Position): void {
    for (const source of value.kind === "sequence" ? value.items : [value]) {
      if (source.kind !== "mapping") throw problem(at, "", "'<<' must name a mapping or a list of mappings");
      for (const [key, entry] of source.entries) if (!merged.has(key)) merged.set(key, entry);
    }
  }

  #target(alias: Alias, at: Position): Node {
    const target = alias.resolve(this.#document);
    if (!target) throw problem(at, "", `alias '*${alias.source}' names no anchor`);
    return target as Node;
  }
}

function mergeTag(node: Node): { tag?: MergeTag } {
  const tag = (node as { tag?: string }).tag;
  return tag === "!reset" ? { tag: "reset" } : tag === "!override" ? { tag: "override" } : {};
}

function scalarValue(node: { value: unknown; source?: string; type?: string }): Scalar["value"] {
  const { value, source } = node;
  if (value === null || value === undefined) return null;
  if (typeof value === "number") {
    if (source && /^[-+]?0[0-7]+$/.test(source)) return Number.parseInt(source, 8);
    const exact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return exact ? value : (source ?? String(value));
  }
  return typeof value === "boolean" ? value : String(value);
}

function yamlMessage(code: string, message: string): string {
  const oneLine = message.replace(/\s+/g, " ").trim();
  if (code === "DUPLICATE_KEY") return "the key appears twice in one mapping";
  return `broken YAML: ${oneLine}`;
}
