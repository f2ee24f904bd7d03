/** Takes what something was an encoding of. */
export type Emit = (decoded: Buffer) => void;

/**
 * What a run of base64's characters, or hexadecimal digits in it, may be an encoding of, if that looks like text.
 * @param isCut it is the rest of a longer run, cut anywhere.
 */
export function decodeRun(raw: Uint8Array, start: number, end: number, isCut: boolean, emit: Emit): void {
  decodeHex(raw, start, end, isCut, emit);
  const phases = isCut ? 4 : 1;
  for (let phase = 0; phase < phases; phase++) {
    // A path or a signature before it shares its characters: it may begin after any of them.
    for (let from = start + phase; from >= 0 && end - from >= 16; from = nextPart(raw, from, end)) {
      sampleBase64(raw, from);
      if (sampleLooksLikeText()) emit(Buffer.from(latin1(raw, from, end), "base64"));
    }
  }
}

function decodeHex(raw: Uint8Array, start: number, end: number, isCut: boolean, emit: Emit): void {
  for (let from = start; from < end; from++) {
    const digits = from;
    while (from < end && hexDigit(raw[from] as number) >= 0) from++;
    if (from - digits < 12) continue;
    const phases = isCut && digits === start ? 2 : 1;
    for (let phase = 0; phase < phases; phase++) {
      sampleHex(raw, digits + phase);
      if (sampleLooksLikeText()) emit(Buffer.from(latin1(raw, digits + phase, from), "hex"));
    }
  }
}

/** Six bytes that hexadecimal digits stand for. */
function sampleHex(raw: Uint8Array, from: number): void {
  for (let at = 0; at < sample.length; at++) {
    sample[at] = (hexDigit(raw[from + 2 * at] as number) << 4) | hexDigit(raw[from + 2 * at + 1] as number);
  }
}

/** Six bytes that eight characters of base64 stand for. */
function sampleBase64(raw: Uint8Array, from: number): void {
  for (let group = 0; group < 2; group++) {
    const at = from + group * 4;
    const bits =
      (sextet(raw, at) << 18) | (sextet(raw, at + 1) << 12) | (sextet(raw, at + 2) << 6) | sextet(raw, at + 3);
    sample[group * 3] = bits >> 16;
    sample[group * 3 + 1] = bits >> 8;
    sample[group * 3 + 2] = bits;
  }
}

function sextet(raw: Uint8Array, at: number): number {
  return sextets[raw[at] as number] as number;
}

function latin1(raw: Uint8Array, start: number, end: number): string {
  return Buffer.from(raw.buffer, raw.byteOffset + start, end - start).toString("latin1");
}

/** After the next of `+ / _ -`. */
function nextPart(raw: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) if ((sextets[raw[at] as number] as number) >= 62) return at + 1;
  return -1;
}

/** Whether it could be text in UTF-8: of random bytes, one in a hundred does. */
function sampleLooksLikeText(): boolean {
  let isLetterCut = false;
  for (let at = 0; at < sample.length; at++) {
    const byte = sample[at] as number;
    const isRest = byte >= 0x80 && byte < 0xc0;
    if (isRest && isLetterCut) continue;
    isLetterCut = byte >= 0xc3 && byte < 0xf5;
    const isPlain = byte >= 32 ? byte < 0x7f : byte >= 9 && byte <= 13;
    if (!isPlain && !isLetterCut) return false;
  }
  return true;
}

/** @returns -1 when it is none. */
export function hexDigit(byte: number): number {
  return hexDigits[byte] as number;
}

const hexDigits = new Int8Array(256).fill(-1);
for (const [value, characters] of [
  "0",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "8",
  "9",
  "aA",
  "bB",
  "cC",
  "dD",
  "eE",
  "fF",
].entries()) {
  for (const character of characters) hexDigits[character.charCodeAt(0)] = value;
}

const sample = new Uint8Array(6);
/** By character of base64 and its form for URLs. */
const sextets = new Uint8Array(256);
for (const [value, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  sextets[character.charCodeAt(0)] = value;
}
sextets[0x2d] = 62;
sextets[0x5f] = 63;
