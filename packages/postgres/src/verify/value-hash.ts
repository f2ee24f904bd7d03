import type { TypeShape } from "../catalog/catalog.ts";

/**
 * SQL for 64 bits of a value (of a moment, 32), never NULL: the same on every server from version 11 on, different for values
 * that are written differently (1.0 and 1.00, -0 and 0). For bulk sessions, which write values alike.
 */
export function valueHash(value: string, shape: Pick<TypeShape, "base" | "array">): string {
  return `coalesce(${hash(value, shape)}, ${ofNull})`;
}

/** Any number will do that a hash is not likely to be. */
const ofNull = "7296157236147902311";

function hash(value: string, { base, array }: Pick<TypeShape, "base" | "array">): string {
  const kind = array ? "text" : base;
  switch (kind) {
    case "int2":
    case "int4":
      return `pg_catalog.hashint4extended((${value})::int, 0)`;
    case "bool":
      return `pg_catalog.hashint4extended((${value})::int, 0)`;
    case "uuid":
      return `pg_catalog.uuid_hash_extended((${value})::uuid, 0)`;
    case "timestamp":
      return `pg_catalog.timestamp_hash_extended((${value})::timestamp, 0)`;
    case "timestamptz":
      return `pg_catalog.timestamp_hash_extended((${value})::timestamptz AT TIME ZONE 'UTC', 0)`;
    default:
      // Of many types their own hash knows less than their text: of bigint 32 bits, of numeric not its scale, of jsonb not
      // where an array ends.
      return `pg_catalog.hashtextextended((${value})::text COLLATE "C", 0)`;
  }
}
