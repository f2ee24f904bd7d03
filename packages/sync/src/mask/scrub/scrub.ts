const outside = "[:space:]\"''<>()[\\]{},;:|\\\\/=&?@";
const domain = "[A-Za-z0-9\\u0080-\\U0010ffff_.-]*[A-Za-z0-9\\u0080-\\U0010ffff_]";
const address = `[^${outside}]+@${domain}`;
/** As it stands in a URL. */
const encodedAddress = `[^${outside}]+%40${domain}`;

const separators = "[ ().\\/\\u00a0\\u2010-\\u2015\\u202f-]*";
/** Seven digits and more. */
const digits = `[0-9](?:${separators}[0-9]){6,}`;

/**
 * SQL of a text with every e-mail address and every long run of digits replaced. Regular expressions cost more than all else, so each
 * runs only where it will find something; in collation "C", as some collations allow none.
 * @param by SQL-safe texts without backslashes.
 */
export function scrub(value: string, by: { readonly email: string; readonly phone: string }): string {
  const withoutAddresses = replaceWhere("plain LIKE '%@%'", address, by.email, `SELECT ${value} COLLATE "C" AS plain`);
  const withoutEncoded = replaceWhere("plain LIKE '%\\%40%'", encodedAddress, by.email, withoutAddresses);
  const withoutDigits = replaceWhere(`plain ~ '(?:[0-9]${separators}){7}'`, `[+]?${digits}`, by.phone, withoutEncoded);
  return `CASE WHEN ${value} COLLATE "C" ~ '[0-9@]' THEN (${withoutDigits}) ELSE ${value} END`;
}

/** SQL query of the e-mail addresses in a text. */
export function emailsIn(value: string): string {
  return matches(`CASE WHEN ${value} COLLATE "C" LIKE '%@%' THEN ${value} END`, address);
}

/** SQL query of what can only be a phone number in a text: written with its country. */
export function phonesIn(value: string): string {
  return matches(`CASE WHEN ${value} COLLATE "C" LIKE '%+%' THEN ${value} END`, `[+]${digits}`);
}

function replaceWhere(condition: string, pattern: string, by: string, from: string): string {
  const replaced = `regexp_replace(plain, '${pattern}', '${by}', 'g')`;
  return `SELECT CASE WHEN ${condition} THEN ${replaced} ELSE plain END AS plain FROM (${from} OFFSET 0) AS text`;
}

function matches(value: string, pattern: string): string {
  return `SELECT found[1] FROM regexp_matches((${value}) COLLATE "C", '${pattern}', 'g') AS found`;
}
