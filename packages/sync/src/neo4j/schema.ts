import { messageOf, UserError } from "@understudy/core";
import type { Graph } from "@understudy/data";

/** A constraint, or an index that belongs to none. */
export interface SchemaRule {
  readonly name: string;
  readonly what: "constraint" | "index";
  /** As Neo4j says it: `UNIQUENESS`, `FULLTEXT`, … */
  readonly type: string;
  readonly element: "node" | "relationship";
  readonly labelsOrTypes: readonly string[];
  readonly properties: readonly string[];
  readonly createStatement: string;
}

/** Seconds that building an index may take. */
const indexPatience = 3_600;

const columns = "name, type, entityType, labelsOrTypes, properties, createStatement";

/** Constraints and indexes. The two token lookup indexes that every database has are not among them. */
export async function readSchema(graph: Graph): Promise<SchemaRule[]> {
  const constraints = await graph.read<Shown>(`SHOW CONSTRAINTS YIELD ${columns} RETURN ${columns} ORDER BY name`);
  const indexes = await graph.read<Shown>(
    `SHOW INDEXES YIELD ${columns}, owningConstraint WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN ${columns} ORDER BY name`,
  );
  return [
    ...constraints.map((shown) => ruleOf("constraint", shown)),
    ...indexes.map((shown) => ruleOf("index", shown)),
  ];
}

/** Whether different elements must differ in these properties. */
export function isUnique({ what, type }: SchemaRule): boolean {
  return what === "constraint" && /UNIQUENESS|KEY/.test(type);
}

/** Make constraints and indexes, and wait until they are built. @throws UserError naming one that the data or the edition refuses. */
export async function applySchema(graph: Graph, schema: readonly SchemaRule[]): Promise<void> {
  for (const { what, name, createStatement } of schema) {
    try {
      await graph.write(createStatement);
    } catch (error) {
      throw new UserError(`${what} ${name} cannot be made in the copy: ${messageOf(error)}`);
    }
  }
  await graph.write("CALL db.awaitIndexes($seconds)", { seconds: BigInt(indexPatience) });
}

/** What is missing, too much or not in force, in words; none: the copy has what its source has. */
export async function schemaDifferences(graph: Graph, expected: readonly SchemaRule[]): Promise<string[]> {
  const found = (await readSchema(graph)).map(describe);
  const wanted = expected.map(describe);
  const offline = await graph.read<{ name: string; state: string }>(
    "SHOW INDEXES YIELD name, state, populationPercent WHERE state <> 'ONLINE' OR populationPercent < 100 RETURN name, state",
  );
  return [
    ...wanted.filter((one) => !found.includes(one)).map((one) => `${one} is missing`),
    ...found.filter((one) => !wanted.includes(one)).map((one) => `${one} is not in the source`),
    ...offline.map(({ name, state }) => `index ${name} is ${state}`),
  ];
}

interface Shown extends Pick<SchemaRule, "name" | "type" | "createStatement"> {
  readonly entityType: string;
  readonly labelsOrTypes: readonly string[] | null;
  readonly properties: readonly string[] | null;
}

function ruleOf(what: SchemaRule["what"], shown: Shown): SchemaRule {
  const { name, type, entityType, labelsOrTypes, properties, createStatement } = shown;
  const element = entityType === "RELATIONSHIP" ? "relationship" : "node";
  return {
    name,
    what,
    type,
    element,
    labelsOrTypes: labelsOrTypes ?? [],
    properties: properties ?? [],
    createStatement,
  };
}

function describe({ what, name, type, labelsOrTypes, properties }: SchemaRule): string {
  return `${what} ${name} (${type} of ${labelsOrTypes.join(", ")}: ${properties.join(", ")})`;
}
