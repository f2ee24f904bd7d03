/** How values of a kind look, as SQL over `v`, a text that is not empty. Only counts of matches ever leave production. */
export const patterns = {
  email: like("^[^@[:space:]]+@[^@[:space:]]+[.][a-z]{2,}$"),
  "email inside": `v LIKE '%@%' AND ${like("[[:alnum:]_.+-]+@[[:alnum:]-]+[.][a-z]{2,}")}`,
  phone: `${like("^([+]|00|0|[(])[0-9() ./-]{6,20}$|^[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}$|^[0-9]{3}-[0-9]{4}$")} AND ${digitsBetween(7, 15)}`,
  "phone inside": like(
    "([+]|[[:<:]]0|[(])[0-9][0-9() ./-]{6,18}[0-9]|[[:<:]][0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}[[:>:]]",
  ),
  card: `${like("^[0-9 -]{13,23}$")} AND ${digitsBetween(13, 19)} AND ${luhn()}`,
  iban: `CASE WHEN ${like("^[a-z]{2}[0-9]{2}[a-z0-9 ]{11,40}$")} THEN ${mod97()} ELSE false END`,
  "national id": like(`^(${nationalIds().join("|")})$`),
  ip: like("^([0-9]{1,3}[.]){3}[0-9]{1,3}(/[0-9]{1,2})?$|^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(/[0-9]{1,3})?$"),
  url: like("^(https?|ftp|wss?)://"),
  address: `${like("[0-9]")} AND ${like("[[:alpha:]]{3}")} AND ${like(`(${streets().join("|")})[.]?( |,|$)`)}`,
  "birth date": `${like("^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$|^[0-3]?[0-9][./][0-3]?[0-9][./](19|20)[0-9]{2}$")} AND ${longAgo()}`,
  name: is(
    "^[[:upper:]][[:alpha:]''’.-]*( (van|von|de|da|der|den|di|du|la|le|el|bin|al|zu))*( [[:upper:]][[:alpha:]''’.-]*){1,3}$",
  ),
  "one capitalized word": is("^[[:upper:]][[:alpha:]''’-]{1,30}$"),
  secret: `length(v) >= 16 AND (${is(`^(${keyPrefixes().join("|")})`)} OR ${looksRandom()})`,
  uuid: like(uuid()),
  number: is("^-?[0-9]+([.,][0-9]+)?$"),
  "several words": is("[^[:space:]][[:space:]]+[^[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+[^[:space:]]"),
} as const;

export type Pattern = keyof typeof patterns;

/** Whatever its case. */
function like(pattern: string): string {
  return `v ~* '${pattern}'`;
}

function is(pattern: string): string {
  return `v ~ '${pattern}'`;
}

function digitsBetween(least: number, most: number): string {
  return `length(regexp_replace(v, '[^0-9]', '', 'g')) BETWEEN ${least} AND ${most}`;
}

/** The check digit of card numbers (ISO/IEC 7812-1). */
function luhn(): string {
  const digits =
    "regexp_split_to_table(reverse(regexp_replace(v, '[^0-9]', '', 'g')), '') WITH ORDINALITY AS t(c, place)";
  const sum = "sum(CASE WHEN place % 2 = 0 THEN c::int * 2 / 10 + c::int * 2 % 10 ELSE c::int END)";
  return `(SELECT ${sum} % 10 = 0 FROM ${digits})`;
}

/** The check digits of bank accounts (ISO 13616): the country and they go to the end, letters count from 10. */
function mod97(): string {
  const turned = "substr(replace(v, ' ', ''), 5) || left(v, 4)";
  const number = "CASE WHEN c ~ '[0-9]' THEN c ELSE (ascii(upper(c)) - 55)::text END";
  const characters = `regexp_split_to_table(${turned}, '') WITH ORDINALITY AS t(c, place)`;
  return `(SELECT string_agg(${number}, '' ORDER BY place)::numeric % 97 = 1 FROM ${characters})`;
}

function nationalIds(): string[] {
  return [
    // United States.
    "[0-9]{3}-[0-9]{2}-[0-9]{4}",
    // United Kingdom.
    "[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]",
    // Spain.
    "[xyz]?[0-9]{7,8}-?[a-z]",
    // Italy.
    "[a-z]{6}[0-9]{2}[a-ehlmpr-t][0-9]{2}[a-z][0-9]{3}[a-z]",
    // Brazil.
    "[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]{2}",
    // India.
    "[a-z]{5}[0-9]{4}[a-z]",
    // France.
    "[12] ?[0-9]{2} ?(0[1-9]|1[0-2]) ?[0-9]{2} ?[0-9]{3} ?[0-9]{3}( ?[0-9]{2})?",
    // Sweden, Denmark, Finland.
    "[0-9]{6}[-+][0-9]{3}[0-9a-z]",
  ];
}

/** Words that streets end in or begin with. */
function streets(): string[] {
  const words =
    "street|st|avenue|ave|road|rd|lane|drive|blvd|boulevard|straße|strasse|str|weg|platz|gasse|allee|rue|chemin|calle|avenida|via|viale|piazza|plaza|straat|laan|gatan|vej|ulica|ul|rua";
  return words.split("|");
}

function longAgo(): string {
  return "substring(v FROM '(?:19|20)[0-9]{2}')::int BETWEEN 1900 AND extract(year FROM now())::int - 12";
}

function keyPrefixes(): string[] {
  return [
    "[spr]k[-_]",
    "gh[opsu]_",
    "github_pat_",
    "glpat-",
    "xox[abeprs]-",
    "A[KS]IA[A-Z0-9]{12}",
    "AIza",
    "ya29[.]",
    "eyJ[A-Za-z0-9_-]+[.]",
    "SG[.]",
    "-----BEGIN ",
    "[$](2[abxy]|argon2|scrypt|pbkdf2|5|6)",
    "(Bearer|Basic) ",
  ];
}

/** One long word of letters and digits with no order in it, and not one of those that name a record. */
function looksRandom(): string {
  const different = "(SELECT count(DISTINCT c) FROM regexp_split_to_table(left(v, 100), '') AS c)";
  return `(length(v) >= 20 AND v !~ '[[:space:]/@:]' AND v ~ '[0-9]' AND v ~ '[a-zA-Z]' AND v !~* '${uuid()}' AND ${different} >= 12)`;
}

function uuid(): string {
  return "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
}
