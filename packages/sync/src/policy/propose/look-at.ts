import { type Column, type Connection, quoteName, type Table } from "@understudy/postgres";
import { jsonPathsSql, jsonValuesSql } from "../../mask/json/paths-sql.ts";
import { withoutValueKeys } from "../../plan/resolve/value-keys.ts";
import { type Evidence, noEvidence } from "./evidence.ts";
import { type Pattern, patterns } from "./patterns.ts";
import { type Place, probeSql, sampleRows } from "./probe-sql.ts";

/** Places that one query looks at. */
const together = 100;

/** How the values of columns look. By column. */
export async function lookAtColumns(
  session: Connection,
  table: Table,
  columns: readonly Column[],
): Promise<ReadonlyMap<string, Evidence>> {
  const places = columns.map(({ name, shape }) => ({
    name,
    values: shape.array ? `unnest(${quoteName(name)})` : quoteName(name),
  }));
  return await lookAt(session, table, places);
}

/** What stands at a path of a column's documents. */
export interface PathEvidence extends Evidence {
  /** Types of JSON, e.g. `string`; empty where no document of the sample has the path. */
  readonly kinds: ReadonlySet<string>;
}

/** The paths of a JSON column, and how the values there look. By path. */
export async function lookAtDocuments(
  session: Connection,
  table: Table,
  column: Column,
): Promise<ReadonlyMap<string, PathEvidence>> {
  const paths = `SELECT ${withoutValueKeys("path")} AS path, kind FROM (${jsonPathsSql(column, table, sampleRows)}) AS found`;
  const rows = await session.query<{ path: string; kind: string }>(`${paths} GROUP BY 1, 2 ORDER BY 1, 2`);
  const kinds = Map.groupBy(rows, ({ path }) => path);
  const places = [...kinds.keys()].map((path) => ({ name: path, values: jsonValuesSql(column, path) }));
  const found = await lookAt(session, table, places);
  return new Map(
    [...kinds].map(([path, said]) => {
      const evidence = found.get(path) ?? noEvidence;
      return [path, { ...evidence, kinds: new Set(said.map(({ kind }) => kind)) }];
    }),
  );
}

async function lookAt(
  session: Connection,
  table: Table,
  places: readonly Place[],
): Promise<ReadonlyMap<string, Evidence>> {
  const found = new Map<string, Evidence>(places.map(({ name }) => [name, noEvidence]));
  for (let start = 0; start < places.length; start += together) {
    const rows = await session.query<Answer>(probeSql(table, places.slice(start, start + together)));
    for (const row of rows) found.set(row.place, evidenceOf(row));
  }
  return found;
}

type Answer = { readonly place: string; readonly values: number; readonly different: number } & Readonly<
  Record<Pattern, number>
>;

function evidenceOf(answer: Answer): Evidence {
  const names = Object.keys(patterns) as Pattern[];
  const matches = Object.fromEntries(names.flatMap((name) => (answer[name] ? [[name, answer[name]]] : [])));
  return { values: answer.values, different: answer.different, matches };
}
