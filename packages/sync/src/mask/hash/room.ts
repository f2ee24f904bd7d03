import { UserError } from "@understudy/core";
import type { MaskInput } from "../masker.ts";
import { bitsOfCharacter, usualCodeLength } from "./code.ts";
import { bitsOfDigit } from "./keyed-hash.ts";

/**
 * Bits of a hash that keep so many values apart: two of them meet with a probability below one in two million.
 * @param rows fewer than one counts as one.
 */
export function neededBits(rows: number): number {
  return 2 * Math.log2(Math.max(rows, 1)) + 20;
}

/** How long a code may and must be that stands beside `around` other characters. @throws UserError where they do not fit. */
export function codeLength(input: MaskInput, around: number): number {
  return fitting(input, around, usualCodeLength, bitsOfCharacter);
}

/** How many decimal digits may and must stand beside `around` other characters. @throws UserError where they do not fit. */
export function digitCount(input: MaskInput, around: number, usual: number): number {
  return fitting(input, around, usual, bitsOfDigit);
}

/** A mask that is the same for all. @throws UserError where it does not fit. */
export function fits(text: string, { maxLength }: MaskInput): string {
  if (maxLength !== undefined && text.length > maxLength) {
    throw new UserError(`its mask "${text}" has ${text.length} characters, and ${maxLength} fit`, {
      next: "Say { mask: fixed, value: … } with a shorter text, or { mask: hash }",
    });
  }
  return text;
}

function fitting({ maxLength = Infinity, rows }: MaskInput, around: number, usual: number, bits: number): number {
  const needed = Math.ceil(neededBits(rows) / bits);
  const room = maxLength - around;
  if (room >= needed) return Math.min(room, Math.max(usual, needed));
  throw new UserError(
    `to keep ${rows.toLocaleString("en")} values apart its mask needs ${around + needed} characters, and ${maxLength} fit`,
    { next: around ? "Say { mask: hash }, which is shorter, or make the column longer" : "Make the column longer" },
  );
}
