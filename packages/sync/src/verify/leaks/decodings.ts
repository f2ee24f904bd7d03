import { isUtf8 } from "node:buffer";
import { ampersandBit, backslashBit, letterBit, percentBit, zeroBit } from "./bytes.ts";
import { decodeEntities, decodePercent, dropBackslashes } from "./escapes.ts";
import { decodeRun, type Emit } from "./packed.ts";

/** A text that something may be encoded in. */
export interface Encoded {
  readonly raw: Uint8Array;
  readonly length: number;
  /** It may begin within a run. */
  readonly isContinued: boolean;
  /** Of all its bytes: what cannot be there is not looked for. */
  readonly bits: number;
  /** Start and end of each run of base64's characters. */
  readonly runs: Int32Array;
}

/** What it may be an encoding of: escapes of JSON and arrays, URLs, entities of XML, base64, hexadecimal digits, 16-bit characters, binary data. */
export function decode({ raw, length, isContinued, bits, runs }: Encoded, emit: Emit): void {
  const whole = [
    bits & backslashBit ? dropBackslashes(raw, length) : undefined,
    bits & percentBit ? decodePercent(raw, length) : undefined,
    bits & ampersandBit ? decodeEntities(raw, length) : undefined,
    bits & zeroBit ? Buffer.from(raw.subarray(0, length).filter((byte) => byte !== 0)) : undefined,
    bits & letterBit ? withoutForeign(raw.subarray(0, length)) : undefined,
  ];
  for (const decoded of whole) if (decoded) emit(decoded);
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run] as number;
    decodeRun(raw, start, runs[run + 1] as number, isContinued && start === 0, emit);
  }
}

/** Binary data has no letters beyond ASCII: what looks like one must not stick to a word. Undefined when it is text. */
function withoutForeign(bytes: Uint8Array): Buffer | undefined {
  return isUtf8(bytes) ? undefined : Buffer.from(bytes.map((byte) => (byte < 0x80 ? byte : 0x20)));
}
