import { quoteLiteral } from "@understudy/postgres";
import { failure } from "../failure.ts";
import { type MaskedValue, ofEach } from "./masked-value.ts";
import type { Place } from "./place.ts";

/** The mask of each element of an array. Empty stays empty, NULL elements stay. One of several dimensions fails the query. */
export function maskElements(place: Place, mask: (element: Place) => MaskedValue): MaskedValue {
  const { path, value, type, shape } = place;
  const masked = mask({
    path,
    value: "elements.element",
    type: type.replace(/\[\]$/, ""),
    shape: { ...shape, array: false },
  });
  // In FROM, unnest would take composite elements apart.
  const elements = `(SELECT unnest(${value}) AS element, generate_subscripts(${value}, 1) AS place) AS elements`;
  const message = `${quoteLiteral(`${path}: arrays of several dimensions cannot be masked`)} || left(${value}::text, 0)`;
  const { personal, failures = [] } = ofEach(masked, elements);
  return {
    sql: `CASE WHEN array_ndims(${value}) > 1 THEN ${failure(message)}::${type}
      WHEN cardinality(${value}) > 0 THEN (SELECT array_agg(${masked.sql} ORDER BY place) FROM ${elements})::${type}
      ELSE ${value} END`,
    personal,
    failures: [...failures, `SELECT ${message} WHERE array_ndims(${value}) > 1`],
  };
}
