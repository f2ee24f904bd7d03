import { quoteLiteral, quoteName } from "@understudy/postgres";
import type { Content } from "../content/content.ts";
import { dollarQuoted, prettyJson } from "./literal.ts";
import type { Migration } from "./migration.ts";

/** What a statement may presume of the n8n that it is for. */
export interface Shape {
  /** Of n8n's setting DB_TABLE_PREFIX. */
  readonly prefix: string;
  /** Columns of `workflow_entity` that are written. */
  readonly columns: ReadonlySet<string>;
}

/** Those that carry content, and how a file writes them. */
const contentColumns = {
  name: ({ name }) => quoteLiteral(name).trimStart(),
  description: ({ description }) => (description === null ? "NULL" : quoteLiteral(description).trimStart()),
  nodes: ({ nodes }, isLarge) => (isLarge ? fromData("nodes") : json(nodes)),
  connections: ({ connections }, isLarge) => (isLarge ? fromData("connections") : json(connections)),
  settings: ({ settings }) => json(settings),
  nodeGroups: ({ nodeGroups }) => json(nodeGroups),
  isArchived: ({ isArchived }) => String(isArchived),
} satisfies Record<string, (content: Content, isLarge: boolean) => string>;

/** The shape that files are written for: n8n 2.41's own tables. */
export const standardShape: Shape = { prefix: "", columns: new Set(Object.keys(contentColumns)) };

/** Session settings by which the one who runs the statements tells what only the target knows. */
export const sessionSettings = {
  /** Hash of the content that the target has now, or has to be taken for. */
  present: "understudy.present",
  /** A large workflow's data file. */
  data: "understudy.data",
} as const;

/**
 * What a migration does: one UPSERT of the workflow's content, and its line in `migration_metadata`. A new workflow is not live; one
 * that is there keeps what operators decided (live or not, static data), and is written over only where it is what the migration was
 * made from, and is not newer. Credentials, tags, folder, owner and version are the target's own: whoever runs it fills them in.
 */
export function statements(migration: Migration, shape: Shape = standardShape): [upsert: string, note: string] {
  return [upsert(migration, shape), note(migration)];
}

function upsert({ workflowId, basedOn, content, isLarge }: Migration, { prefix, columns }: Shape): string {
  const carried = Object.entries(contentColumns).filter(([column]) => columns.has(column));
  const values: (readonly [column: string, value: string])[] = [
    ["id", quoteLiteral(workflowId).trimStart()],
    ...carried.map(([column, write]) => [column, write(content, isLarge)] as const),
    ["active", "false"],
    ["versionId", "gen_random_uuid()"],
    ["createdAt", "CURRENT_TIMESTAMP(3)"],
    ["updatedAt", "CURRENT_TIMESTAMP(3)"],
  ];
  const written = [...carried.map(([column]) => column), "versionId", "updatedAt"];
  return `INSERT INTO ${quoteName(`${prefix}workflow_entity`)} AS present (
  ${values.map(([column]) => quoteName(column)).join(", ")}
)
VALUES (
${values.map(([column, value]) => `  /* ${column} */ ${value}`).join(",\n")}
)
ON CONFLICT ("id") DO UPDATE SET
${written.map((column) => `  ${quoteName(column)} = EXCLUDED.${quoteName(column)}`).join(",\n")}
-- Only if newer, and only over what it was made from.
WHERE present."updatedAt" <= EXCLUDED."updatedAt"
  AND current_setting('${sessionSettings.present}', true) = '${basedOn ?? "none"}';`;
}

function note({ name, source, workflowId }: Migration): string {
  return `INSERT INTO "migration_metadata" ("migration_file", "source", "workflow_id")
VALUES (${quoteLiteral(name).trimStart()}, '${source}', ${quoteLiteral(workflowId).trimStart()})
ON CONFLICT ("migration_file") DO NOTHING;`;
}

function json(value: unknown): string {
  return `${dollarQuoted(prettyJson(value))}::json`;
}

function fromData(key: "nodes" | "connections"): string {
  return `current_setting('${sessionSettings.data}')::json -> '${key}'`;
}
