import { UserError } from "../errors.ts";
import { blockEnd } from "./cron.ts";
import type { Origin } from "./job.ts";
import { readStamp, type Stamp, sameOrigin } from "./stamp.ts";

/** A block of ours in a crontab. */
export interface CrontabBlock {
  readonly stamp: Stamp;
  /** As `cronBlock` makes it, unless it was changed. */
  readonly text: string;
}

/** Every block of Understudy's, of whichever installation. @throws UserError for one without its end. */
export function readBlocks(crontab: Buffer): CrontabBlock[] {
  return blocksIn(crontab.toString("latin1")).map(({ start, end, stamp }) => ({
    stamp,
    text: crontab.subarray(start, end).toString(),
  }));
}

/** A crontab with a block put in place of that of the same origin, else at the end. Every other byte stays. */
export function withBlock(crontab: Buffer, origin: Origin, block: string): Buffer {
  const found = blocksIn(crontab.toString("latin1")).find(({ stamp }) => sameOrigin(stamp, origin));
  if (found) return splice(crontab, found, block);
  const gap = crontab.length === 0 || crontab.at(-1) === 0x0a ? "" : "\n";
  return Buffer.concat([crontab, Buffer.from(gap + block)]);
}

/** A crontab without the block of an origin. Every other byte stays. */
export function withoutBlock(crontab: Buffer, origin: Origin): Buffer {
  const found = blocksIn(crontab.toString("latin1")).find(({ stamp }) => sameOrigin(stamp, origin));
  return found ? splice(crontab, found, "") : crontab;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly stamp: Stamp;
}

/** `text` has a character a byte, so that places in it are places in the bytes. */
function blocksIn(text: string): Place[] {
  const places: Place[] = [];
  for (const { index: start } of text.matchAll(/^# understudy \{/gm)) {
    const last = text.indexOf(`\n${blockEnd}\n`, start);
    const next = text.indexOf("\n# understudy {", start);
    if (last < 0 || (next >= 0 && next < last)) {
      throw new UserError(`The crontab has a block of Understudy without its last line, "${blockEnd}"`, {
        next: "Remove what is left of the block: crontab -e",
      });
    }
    const end = last + blockEnd.length + 2;
    const stamp = readStamp(Buffer.from(text.slice(start, end), "latin1").toString());
    if (stamp) places.push({ start, end, stamp });
  }
  return places;
}

function splice(crontab: Buffer, { start, end }: Place, block: string): Buffer {
  return Buffer.concat([crontab.subarray(0, start), Buffer.from(block), crontab.subarray(end)]);
}
