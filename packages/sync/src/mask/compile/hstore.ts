import { UserError } from "@understudy/core";
import { type MaskedValue, ofEach } from "./masked-value.ts";
import type { Place } from "./place.ts";
import { textShape } from "./text-shape.ts";

/** The mask of every value of an hstore. Keys stay. */
export function maskEntries(place: Place, mask: (entry: Place) => MaskedValue): MaskedValue {
  const masked = mask(entryOf(place));
  return { sql: rebuilt(place, masked.sql), ...ofEach(masked, entriesOf(place)) };
}

/** A value in an hstore, beside its key `entries.key`. */
export function entryOf({ path }: Place): Place {
  return { path, value: "entries.value", type: "text", shape: textShape };
}

export function entriesOf(place: Place): string {
  return `${extension(place)}each(${place.value}) AS entries(key, value)`;
}

/** SQL of an hstore with the same keys and other values. */
export function rebuilt(place: Place, value: string): string {
  const built = `${extension(place)}hstore(array_agg(entries.key), array_agg(${value}))`;
  return `coalesce((SELECT ${built} FROM ${entriesOf(place)}), ${place.value})`;
}

/** Where the functions are: in the schema of the type. */
function extension({ type, shape }: Place): string {
  if (shape.domains.length) {
    throw new UserError(`${type} hides in which schema hstore is`, {
      next: "Say keep, null or { mask: fixed, value: … }",
    });
  }
  return type.slice(0, type.lastIndexOf(".") + 1);
}
