import { sha256 } from "../hash.ts";
import type { Origin } from "./job.ts";

/** What the first line of a unit file or crontab block of ours tells. */
export interface Stamp extends Origin {
  /** Whether somebody changed the text below it. */
  readonly edited: boolean;
}

/**
 * How what is found compares with what would be written: `outdated` differs, but is as we once wrote it; `edited` was
 * changed by hand; `foreign` is somebody else's.
 */
export type Standing = "absent" | "current" | "outdated" | "edited" | "foreign";

const begin = "# understudy ";

/** Put a line before a text that says whose it is, and what it was. */
export function stamp({ installation, environment, job }: Origin, body: string): string {
  return `${begin}${JSON.stringify({ installation, environment, job, sum: sumOf(body) })}\n${body}`;
}

/** Read the line back. Undefined when the text has none. */
export function readStamp(text: string): Stamp | undefined {
  const end = text.indexOf("\n");
  if (!text.startsWith(begin) || end < 0) return undefined;
  try {
    const { sum, ...origin } = JSON.parse(text.slice(begin.length, end)) as Origin & { sum: string };
    return { ...origin, edited: sum !== sumOf(text.slice(end + 1)) };
  } catch {
    return undefined;
  }
}

/** Compare a text that is there, or is not, with the stamped one that should be. */
export function standing(found: string | undefined, wanted: string): Standing {
  if (found === undefined) return "absent";
  if (found === wanted) return "current";
  const [there, ours] = [readStamp(found), readStamp(wanted)];
  if (!there || !ours || !sameOrigin(there, ours)) return "foreign";
  return there.edited ? "edited" : "outdated";
}

export function sameOrigin(a: Origin, b: Origin): boolean {
  return a.installation === b.installation && a.environment === b.environment && a.job === b.job;
}

function sumOf(body: string): string {
  return sha256(body).slice(0, 16);
}
