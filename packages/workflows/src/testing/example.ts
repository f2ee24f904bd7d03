import type { Content } from "../content/content.ts";
import { contentHash } from "../content/hash.ts";
import type { Migration } from "../file/migration.ts";

/** A small workflow. */
export function exampleContent(over: Partial<Content> = {}): Content {
  return {
    name: "Orders",
    description: null,
    nodes: [
      {
        id: "1",
        name: "Start",
        type: "n8n-nodes-base.manualTrigger",
        typeVersion: 1,
        position: [0, 0],
        parameters: {},
      },
    ],
    connections: {},
    settings: { executionOrder: "v1" },
    nodeGroups: [],
    isArchived: false,
    tags: [],
    folder: [],
    ...over,
  };
}

/** A migration of it. */
export function exampleMigration(over: Partial<Migration> = {}): Migration {
  const content = over.content ?? exampleContent();
  return {
    name: "20261122120000_orders.sql",
    source: "staging",
    environment: "staging",
    workflowId: "AbCdEfGhIjKlMnOp",
    lastUpdated: new Date("2026-11-22T11:59:00Z"),
    n8nVersion: "2.41.1",
    basedOn: undefined,
    hash: contentHash(content),
    publish: false,
    project: undefined,
    notes: undefined,
    content,
    isLarge: false,
    ...over,
  };
}
