import { stripVTControlCharacters } from "node:util";

/** Words with which programs begin to tell of an error; `0 errors` and `error: null` tell of none. */
const telling =
  /\b(error|err|fatal|panic|critical|exception|traceback|segfault|out of memory|oom)\b(?!["']?\s*[:=]\s*(0|null|none|false|""|\[\])\b)/i;
const harmless =
  /\b(0|no|without) (errors?|exceptions?)\b|\berrors?["']?\s*[:=]\s*(0|null|none|false|\[\])|level=(info|debug)/i;

/** Longest pattern that is kept, characters. */
const longest = 160;

/**
 * The kind of error that a log line tells of: the line without what differs from one time to the next (times, numbers,
 * ids, quoted values), so that the same error is counted as the same. Undefined for a line that tells of none.
 */
export function errorPattern(line: string): string | undefined {
  const text = stripVTControlCharacters(line);
  if (!telling.test(text) || harmless.test(text)) return undefined;
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d| [A-Z]{3,4}\b)?/g, "‹time›")
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "‹id›")
    .replaceAll(/"[^"]*"|'[^']*'/g, "‹text›")
    .replaceAll(/\b(?=[\w-]*\d)[\w-]{12,}\b/g, "‹id›")
    .replaceAll(/\d+([.,:]\d+)*/g, "‹n›")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, longest);
}
