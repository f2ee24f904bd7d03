/** What a byte can be, as bits. */
export const wordBit = 1;
export const digitBit = 2;
export const blankBit = 4;
export const base64Bit = 8;
export const percentBit = 16;
export const backslashBit = 32;
export const ampersandBit = 64;
/** A zero byte: of binary data, or text of 16-bit characters. */
export const zeroBit = 128;

/** Of a letter beyond ASCII, which takes several bytes. */
export const letterBit = 256;

/** Of bytes that an encoding may have. */
export const encodingBits = percentBit | backslashBit | ampersandBit | zeroBit | letterBit;

/** By byte: its bits. Bytes above ASCII are parts of letters. */
export const byteBits = new Uint16Array(256);

/** By byte: ASCII's capital letters small, its white space blank, and `+`, which is one in URLs. */
export const byteNormal = new Uint8Array(256);

for (let byte = 0; byte < 256; byte++) {
  const character = byte < 128 ? String.fromCharCode(byte) : "ä";
  const bits =
    (/[0-9A-Za-zä]/.test(character) ? wordBit : 0) |
    (/[0-9]/.test(character) ? digitBit : 0) |
    (/[ +\t\n\v\f\r]/.test(character) ? blankBit : 0) |
    (/[0-9A-Za-z+/_-]/.test(character) ? base64Bit : 0) |
    (character === "%" ? percentBit : 0) |
    (character === "\\" ? backslashBit : 0) |
    (character === "&" ? ampersandBit : 0) |
    (byte === 0 ? zeroBit : 0) |
    (byte < 128 ? 0 : letterBit);
  byteBits[byte] = bits;
  byteNormal[byte] = bits & blankBit ? 32 : /[A-Z]/.test(character) ? byte + 32 : byte;
}
