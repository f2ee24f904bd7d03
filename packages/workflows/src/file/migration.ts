import type { Content } from "../content/content.ts";

export const sources = ["dev", "prod", "staging"] as const;

/** The kind of environment that a migration was made in. */
export type Source = (typeof sources)[number];

/** One workflow at one moment, as a file in git carries it. */
export interface Migration {
  /** Name of its file. */
  readonly name: string;
  readonly source: Source;
  /** As understudy.yml calls it. */
  readonly environment: string;
  readonly workflowId: string;
  /** When it was last saved where it was made. */
  readonly lastUpdated: Date;
  /** n8n's, e.g. `2.41.1`. */
  readonly n8nVersion: string;
  /** Hash of the content that it was made from; undefined where there was none. */
  readonly basedOn: string | undefined;
  /** Hash of its content. */
  readonly hash: string;
  /** Whether it is to be live wherever it may be; otherwise it stays what it is there. */
  readonly publish: boolean;
  /** Name of the team's project that it is in; undefined for a person's own. */
  readonly project: string | undefined;
  /** A line for those who review it. */
  readonly notes: string | undefined;
  readonly content: Content;
  /** Its nodes and connections lie in a file of their own. */
  readonly isLarge: boolean;
}

/** Bytes of JSON beyond which nodes and connections get a file of their own, `data/<name>.json`. */
export const inlineLimit = 262_144;

/** Whether nodes and connections are too long to be read among statements. */
export function isLarge({ nodes, connections }: Pick<Content, "nodes" | "connections">): boolean {
  return Buffer.byteLength(JSON.stringify([nodes, connections])) > inlineLimit;
}

/** Where those of a large workflow lie, below the folder of the migrations. */
export function dataFile(name: string): string {
  return `data/${name.replace(/\.sql$/, ".json")}`;
}
