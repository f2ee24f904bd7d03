import { keyedHash } from "./keyed-hash.ts";

/** Letters and digits of a code where there is room: an e-mail address with it is 40 characters long. */
export const usualCodeLength = 23;

/** Bits that each character of a code holds, if nothing is known of upper and lower case: letters come twice as often as digits. */
export const bitsOfCharacter = 5;

/**
 * SQL of a short text that stands for a value: what the keyed hash gives in letters and digits. Values that differ only in the case of
 * ASCII letters get codes that differ only in case: joins on `lower(…)` and `citext` survive, and so does a unique index that tells case.
 * Values without capital letters get codes without.
 */
export function code(value: string, length: number): string {
  const small = `lower(${value} COLLATE "C")`;
  return `CASE WHEN ${value} = ${small} THEN ${letters(value, length)}
    ELSE ${withCapitals(letters(small, length), value, length)} END`;
}

function letters(value: string, length: number): string {
  const base64 = `left(encode(${keyedHash(value)}, 'base64'), ${length})`;
  return `lower(replace(replace(${base64}, '+', 'x'), '/', 'y') COLLATE "C")`;
}

/** Letters become capitals where a hash of the value as it is written says so: the bit 0x20 of an ASCII letter (which has 0x40) is its case. */
function withCapitals(small: string, value: string, length: number): string {
  const bits = `bit(${length * 8})`;
  const capitals = `(text >> 1) & hash & ('x' || repeat('20', ${length}))::${bits}`;
  return `(SELECT convert_from(substr(bit_send(text & ~(${capitals})), 5), 'UTF8')
    FROM (SELECT ('x' || encode(convert_to(${small}, 'UTF8'), 'hex'))::${bits} AS text,
      ('x' || encode(${keyedHash(value)}, 'hex'))::${bits} AS hash OFFSET 0) AS code)`;
}
