/**
 * SQL of the keyed hash of a text, 32 bytes: SHA-256 of key, U+001F, text. The key is never part of the SQL: the session has it as
 * `understudy.key`, and the sub-select around it is computed once a query.
 * @param purpose keeps hashes apart of which one is seen and the other must not be known, such as by how much a date is moved.
 */
export function keyedHash(value: string, purpose?: string): string {
  return `sha256(convert_to(${salt(purpose)} || ${value}, 'UTF8'))`;
}

/** The same of an expression of type `bytea`. */
export function keyedHashOfBytes(value: string): string {
  return `sha256(convert_to(${salt()}, 'UTF8') || ${value})`;
}

/** SQL of the first hexadecimal digits of the keyed hash; 4 bits each. */
export function hashHex(value: string, digits: number): string {
  return `left(encode(${keyedHash(value)}, 'hex'), ${digits})`;
}

/** SQL of a `bigint` from 0 up to 2^60 that the value alone decides. */
export function hashNumber(value: string, purpose: string): string {
  return `('x' || left(encode(${keyedHash(value, purpose)}, 'hex'), 15))::bit(60)::bigint`;
}

/** Bits that each digit of `hashDigits` holds. */
export const bitsOfDigit = Math.log2(10);

/** SQL of a text of so many decimal digits that the value alone decides. */
export function hashDigits(value: string, digits: number, purpose = "digits"): string {
  const most = 17;
  if (digits > most) return `${hashDigits(value, digits - most, `${purpose}+`)} || ${hashDigits(value, most, purpose)}`;
  return `lpad((${hashNumber(value, purpose)} % ${10n ** BigInt(digits)})::text, ${digits}, '0')`;
}

function salt(purpose?: string): string {
  return `(SELECT current_setting('understudy.key') || E'\\x1f${purpose ? `${purpose}\\x1f` : ""}')`;
}
