import type { Connection } from "@understudy/postgres";
import { compileValue } from "../mask/compile.ts";
import type { MaskValues } from "./mask-request.ts";

/** Masks by the same SQL as the databases', on production's own server. @param session quiet, with the masking key. */
export function maskValuesBy(session: Connection): MaskValues {
  return async ({ rule, type, rows, values, persons }) => {
    const { distinct } = rule;
    const context = { table: "Neo4j", rows, distinct, person: persons ? "person" : undefined, names: undefined };
    const masked = await session.query<{ masked: string }>(
      `SELECT (${compileValue("value", type, rule, context)})::text AS masked
       FROM (SELECT text::${type} AS value, person, place
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS sent (text, person, place)) AS sent ORDER BY place`,
      [values, persons ?? values.map(() => null)],
    );
    return masked.map(({ masked }) => masked);
  };
}
