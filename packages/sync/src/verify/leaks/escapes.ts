import { hexDigit } from "./packed.ts";

/** `\n`, `\"`, `\/`, `é`; one level of backslashes is taken away. */
export function dropBackslashes(raw: Uint8Array, length: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  let size = 0;
  for (let at = 0; at < length; at++) {
    const byte = raw[at] as number;
    if (byte !== backslash || at + 1 >= length) {
      out[size++] = byte;
      continue;
    }
    const letter = raw[++at] as number;
    if (letter !== 0x75) {
      out[size++] = escapes[letter] ?? letter;
      continue;
    }
    const [text, used] = utf16(raw, at + 1, length);
    size += out.write(text, size);
    at += used;
  }
  return out.subarray(0, size);
}

/** The character of the four digits after a `\u`, with its other half if it has one. @returns it, and bytes read. */
function utf16(raw: Uint8Array, at: number, length: number): [text: string, used: number] {
  const first = hexNumber(raw, at, 4, length);
  if (first < 0) return ["u", 0];
  const isPair = first >= 0xd800 && first < 0xdc00 && raw[at + 4] === backslash && raw[at + 5] === 0x75;
  const second = isPair ? hexNumber(raw, at + 6, 4, length) : -1;
  return second < 0 ? [String.fromCharCode(first), 4] : [String.fromCharCode(first, second), 10];
}

/** `%40`; undefined when there is none. */
export function decodePercent(raw: Uint8Array, length: number): Buffer | undefined {
  const out = Buffer.allocUnsafe(length);
  let size = 0;
  let decoded = 0;
  for (let at = 0; at < length; at++) {
    const byte = raw[at] as number;
    const value = byte === percent ? hexNumber(raw, at + 1, 2, length) : -1;
    if (value >= 0) {
      out[size++] = value;
      at += 2;
      decoded++;
    } else out[size++] = byte;
  }
  return decoded > 0 ? out.subarray(0, size) : undefined;
}

/** `&amp;`, `&#64;`, `&#x40;`; undefined when there is none. */
export function decodeEntities(raw: Uint8Array, length: number): Buffer | undefined {
  const text = Buffer.from(raw.buffer, raw.byteOffset, length).toString("latin1");
  const decoded = text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (all, decimal, hex, name) => {
      const code = name ? entities[name.toLowerCase()] : Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
      return code === undefined || code > 0x10ffff ? all : Buffer.from(String.fromCodePoint(code)).toString("latin1");
    },
  );
  return decoded === text ? undefined : Buffer.from(decoded, "latin1");
}

/** @returns -1 when it is none. */
function hexNumber(raw: Uint8Array, at: number, digits: number, length: number): number {
  if (at + digits > length) return -1;
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const digit = hexDigit(raw[index] as number);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

const backslash = 0x5c;
const percent = 0x25;
/** By letter after the backslash; any other stands for itself. */
const escapes: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 };
const entities: Readonly<Record<string, number>> = { amp: 38, lt: 60, gt: 62, quot: 34, apos: 39, nbsp: 32 };
