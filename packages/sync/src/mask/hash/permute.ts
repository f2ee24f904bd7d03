import { hashNumber } from "./keyed-hash.ts";

/**
 * SQL of another whole number of the same sign and type for a whole number: a keyed permutation, so that different ones stay different
 * whatever their count. `int4` and `int8` give the same for the same number; `int2` has too few numbers for that.
 */
export function permute(value: string, base: string): string {
  const turned = `(SELECT ${permuteNatural("number", base)} # sign FROM (SELECT value # (value >> 63) AS number, value >> 63 AS sign
    FROM (SELECT (${value})::bigint AS value OFFSET 0) AS signed OFFSET 0) AS split)`;
  return base === "int8" ? turned : `${turned}::${base}`;
}

/** Of a number that is 0 or more. */
function permuteNatural(number: string, base: string): string {
  if (base === "int2") return mix(number, 15);
  if (base === "int4") return mix(number, 31);
  // What falls among the small numbers goes on until it leaves them: nothing else can arrive at the same place.
  const large = mix(number, 63);
  const again = mix("once", 63);
  return `CASE WHEN ${number} < ${small} THEN ${mix(number, 31)}
    ELSE (SELECT CASE WHEN once >= ${small} THEN once ELSE ${again} END FROM (SELECT ${large} AS once OFFSET 0) AS walk) END`;
}

const small = 2 ** 31;

/** A Feistel network of four rounds over so many bits: each half in turn is changed by the keyed hash of the other. */
function mix(number: string, bits: number): string {
  const low = Math.ceil(bits / 2);
  const mask = (width: number) => 2n ** BigInt(width) - 1n;
  const hashed = (half: string, round: number, width: number) =>
    `(${hashNumber(`${half}::text`, `permute ${bits} ${round}`)} & ${mask(width)})`;
  const split = `SELECT ${number} >> ${low} AS high, ${number} & ${mask(low)} AS low OFFSET 0`;
  const rounds = [1, 2, 3, 4].reduce((inner, round) => {
    const turned =
      round % 2
        ? `low, high # ${hashed("low", round, bits - low)} AS high`
        : `high, low # ${hashed("high", round, low)} AS low`;
    return `SELECT ${turned} FROM (${inner}) AS round OFFSET 0`;
  }, split);
  return `(SELECT (high << ${low}) | low FROM (${rounds}) AS mixed)`;
}
