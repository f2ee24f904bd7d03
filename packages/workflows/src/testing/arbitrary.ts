import type { Connections, Node, WorkflowSettings } from "@understudy/n8n";
import fc from "fast-check";
import type { Content } from "../content/content.ts";
import { contentHash } from "../content/hash.ts";
import type { Migration } from "../file/migration.ts";

/** What no text of a workflow may ever do: it would be seen, as `pwned` would be there. */
const attack = "CREATE TABLE pwned ();";

/** Texts that have been used to break out of literals, comments and JSON. */
export const hostile = [
  `'; ${attack} --`,
  `\\'; ${attack} --`,
  `'::json); ${attack} --`,
  `$json$::json); ${attack} --`,
  `$$; ${attack} $$`,
  `*/ ); ${attack} /*`,
  `\n; ${attack}\n`,
  `"; ${attack} --`,
  `\\\n${attack}`,
  "'; DROP TABLE workflow_entity; --",
  "\\'; DROP TABLE workflow_entity; --",
  "$json$; DROP TABLE workflow_entity; --",
  "$json2$ $json$ $json3$",
  "*/ DROP TABLE workflow_entity; /*",
  "\n-- Based on: none\n",
  "',\n  /* nodes */ $json$[]$json$::json,",
  "\nVALUES (\n  /* id */ 'x',",
  "line\r\nbreak\u2028\u0085",
  'Größe "XL" 🚀',
  "",
  " padded ",
];

/** Text as a database in UTF-8 can hold it. */
export const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme" }) },
  fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", "")),
  fc.constantFrom(...hostile),
);

const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false, stringUnit: "binary" });
const withHostile = fc.oneof(json, fc.constantFrom(...hostile), fc.dictionary(text, text));

/** Any node that n8n might hold, its credentials without ids. */
export const node: fc.Arbitrary<Node> = fc
  .record(
    {
      id: fc.uuid(),
      name: text,
      type: fc.constantFrom("n8n-nodes-base.code", "n8n-nodes-base.webhook", "n8n-nodes-base.executeWorkflow"),
      typeVersion: fc.constantFrom(1, 2, 4.2),
      position: fc.tuple(fc.integer(), fc.integer()),
      parameters: fc.dictionary(text, withHostile),
      credentials: fc.dictionary(fc.constantFrom("postgres", "smtp", "x' --"), fc.record({ name: text })),
      notes: text,
    },
    { requiredKeys: ["name", "type", "typeVersion", "parameters"] },
  )
  .map(plain<Node>);

/** Anything that travels. */
export const content: fc.Arbitrary<Content> = fc
  .record({
    name: text,
    description: fc.option(text.filter((any) => any !== "")),
    nodes: fc.array(node, { maxLength: 6 }),
    connections: fc.dictionary(text, fc.constant({ main: [[{ node: "B", type: "main", index: 0 }]] })),
    settings: fc.dictionary(fc.constantFrom("timezone", "errorWorkflow", "executionOrder"), text),
    nodeGroups: fc.array(json, { maxLength: 2 }),
    isArchived: fc.boolean(),
    tags: fc.uniqueArray(text, { maxLength: 3 }).map((tags) => tags.toSorted()),
    folder: fc.array(text, { maxLength: 3 }),
  })
  .map((any) => plain<Content>(any as unknown as Content & { connections: Connections; settings: WorkflowSettings }));

/** A migration of it. */
export const migration: fc.Arbitrary<Migration> = fc
  .record({
    source: fc.constantFrom("dev", "prod", "staging"),
    environment: fc.constantFrom("staging", "production"),
    workflowId: fc.oneof(fc.stringMatching(/^[A-Za-z0-9]{16}$/), text),
    lastUpdated: fc
      .date({ min: new Date("2020-01-01"), max: new Date("2099-01-01"), noInvalidDate: true })
      .map((date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000)),
    n8nVersion: fc.constant("2.41.1"),
    basedOn: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined }),
    publish: fc.boolean(),
    project: fc.option(text, { nil: undefined }),
    notes: fc.option(text, { nil: undefined }),
    content,
    isLarge: fc.boolean(),
  })
  .map((any) => ({
    ...any,
    name: "20261122120000_any.sql",
    hash: contentHash(any.content),
  })) as fc.Arbitrary<Migration>;

/** As it is once it was JSON: no -0, no prototype. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
