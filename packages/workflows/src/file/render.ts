import { callsOf } from "../content/calls.ts";
import { credentialsOf } from "../content/credentials.ts";
import { sha256 } from "../content/hash.ts";
import { jsonLine, oneLine, renderHeader } from "./header.ts";
import { prettyJson } from "./literal.ts";
import { dataFile, type Migration } from "./migration.ts";
import { statements } from "./statements.ts";

/** A migration as files below `workflows/migrations`. */
export interface RenderedMigration {
  readonly sql: string;
  /** Of a large workflow: the text of its data file. */
  readonly data: string | undefined;
}

/** The same migration gives the same bytes. Pure. */
export function renderMigration(migration: Migration): RenderedMigration {
  const data = renderData(migration);
  const sql = [header(migration, data), ...statements(migration)].join("\n");
  return { sql: `${sql}\n`, data };
}

/** Of a large workflow: the text of its data file. Pure. */
export function renderData({ content: { nodes, connections }, isLarge }: Migration): string | undefined {
  return isLarge ? `${prettyJson({ nodes, connections })}\n` : undefined;
}

function header(migration: Migration, data: string | undefined): string {
  const { content } = migration;
  const credentials = credentialsOf(content.nodes);
  const calls = callsOf(content);
  return renderHeader({
    Migration: migration.name,
    Source: migration.source,
    Environment: oneLine(migration.environment),
    Workflow: oneLine(content.name),
    "Workflow id": oneLine(migration.workflowId),
    "Last Updated": migration.lastUpdated.toISOString().slice(0, 19).replace("T", " "),
    n8n: oneLine(migration.n8nVersion),
    "Based on": migration.basedOn ?? "none",
    Content: migration.hash,
    Publish: migration.publish ? "yes" : "as it is",
    ...(content.isArchived ? { Archived: "yes" } : {}),
    ...(migration.project === undefined ? {} : { Project: oneLine(migration.project) }),
    ...(content.folder.length ? { Folder: list(content.folder) } : {}),
    ...(content.tags.length ? { Tags: list(content.tags) } : {}),
    ...(credentials.length
      ? { Credentials: credentials.map(({ type, name }) => `${oneLine(type)} ${jsonLine(name)}`).join(", ") }
      : {}),
    ...(calls.length ? { Calls: list(calls) } : {}),
    ...(data === undefined ? {} : { Data: `${dataFile(migration.name)} ${sha256(data)}` }),
    ...(migration.notes === undefined ? {} : { Notes: oneLine(migration.notes) }),
  });
}

/** On one line, whatever the names have in them. */
function list(names: readonly string[]): string {
  return `[${names.map(jsonLine).join(", ")}]`;
}
