import { base64Bit, blankBit, byteBits, byteNormal, digitBit, letterBit, wordBit } from "./bytes.ts";

/** Bytes of one piece of text, at most. */
export const scanSize = 64 * 1_024;

/** Base64 of a shorter text is not looked into. */
const shortestRun = 16;

/** A piece of text, normalized but for its ends, and where its words are. Used again for the next piece. */
export class SplitText {
  readonly bytes = new Uint8Array(scanSize);
  length = 0;
  /** A word's first byte, and the one after its last. */
  readonly wordStarts = new Int32Array(scanSize / 2 + 1);
  readonly wordEnds = new Int32Array(scanSize / 2 + 1);
  words = 0;
  /** Of them, those that begin before the place that a value must begin before. */
  firstWords = 0;
  digits = 0;
  /** Bits of all bytes. */
  bits = 0;
  /** Start and end of each run of base64's characters, in the raw bytes. */
  readonly #runs = new Int32Array((scanSize / shortestRun) * 2);
  #runsSize = 0;

  get runs(): Int32Array {
    return this.#runs.subarray(0, this.#runsSize);
  }

  get hasRuns(): boolean {
    return this.#runsSize > 0;
  }

  /** Take another piece, in one pass, as every byte of a copy goes through here. @param until values begin before this byte. */
  split(raw: Uint8Array, length: number, until: number): void {
    const { bytes, wordStarts, wordEnds } = this;
    const runs = this.#runs;
    const bitsOf = byteBits;
    const normalOf = byteNormal;
    let words = 0;
    let firstWords = -1;
    let size = 0;
    let digits = 0;
    let all = 0;
    let before = 0;
    let runStart = 0;
    let runsSize = 0;
    for (let index = 0; index < length; index++) {
      const byte = raw[index] as number;
      const bits = bitsOf[byte] as number;
      all |= bits;
      digits += bits & digitBit;
      const turned = bits ^ before;
      if (turned & (wordBit | base64Bit)) {
        if (turned & wordBit) {
          if (bits & wordBit) {
            if (index >= until && firstWords < 0) firstWords = words;
            wordStarts[words] = size;
          } else wordEnds[words++] = size;
        }
        if (turned & base64Bit) {
          if (bits & base64Bit) runStart = index;
          else if (index - runStart >= shortestRun) {
            runs[runsSize++] = runStart;
            runs[runsSize++] = index;
          }
        }
      }
      if ((bits & before & blankBit) === 0) bytes[size++] = normalOf[byte] as number;
      before = bits;
    }
    if (before & base64Bit && length - runStart >= shortestRun) {
      runs[runsSize++] = runStart;
      runs[runsSize++] = length;
    }
    if (before & wordBit) wordEnds[words++] = size;
    this.length = size;
    this.words = words;
    this.firstWords = firstWords < 0 ? words : firstWords;
    this.digits = digits / digitBit;
    this.bits = all;
    this.#runsSize = runsSize;
  }

  /** The offset after so many characters; beyond the text's length when there are not so many. */
  after(start: number, characters: number): number {
    if ((this.bits & letterBit) === 0) return start + characters;
    let at = start;
    for (let left = characters; left > 0; left--) {
      if (at >= this.length) return this.length + left;
      const byte = this.bytes[at] as number;
      at += byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    }
    return at;
  }
}
