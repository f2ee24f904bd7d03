import { quoteLiteral } from "@understudy/postgres";

/**
 * SQL of JSON paths without keys that are values themselves, as in a map by e-mail address or by number: `."@"` stands for an address,
 * `.*` for the others. No such key leaves production.
 * @param path SQL of a path as policies write it
 */
export function withoutValueKeys(path: string): string {
  const addresses = `regexp_replace(${path}, ${quoteLiteral(stepWith("@"))}, '."@"', 'g')`;
  return `regexp_replace(${addresses}, ${quoteLiteral(stepWith("(?:[0-9]{5}|[0-9a-f]{8}-[0-9a-f]{4}-)"))}, '.*', 'gi')`;
}

/** The step to a key that has a pattern in it. */
function stepWith(pattern: string): string {
  const quoted = String.raw`(?:[^"\\]|\\.)*`;
  const bare = '[^].["*[:space:]]*';
  return `[.](?:"${quoted}${pattern}${quoted}"|${bare}${pattern}${bare})`;
}
