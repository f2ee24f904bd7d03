const newline = 0x0a;

/** What COPY writes for what would else end a value or a row (https://www.postgresql.org/docs/current/sql-copy.html). */
const letters: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** The values of the last row of some whole rows in COPY's text format; null for NULL. */
export function lastRow(rows: Buffer): (string | null)[] {
  const row = rows.subarray(rows.lastIndexOf(newline, -2) + 1, -1).toString("utf8");
  return row.split("\t").map((value) => (value === "\\N" ? null : plain(value)));
}

/** Whole rows without their first values, and those. */
export function splitFirst(rows: Buffer): { readonly first: string[]; readonly rest: Buffer } {
  const first: string[] = [];
  const rest: Buffer[] = [];
  for (let at = 0; at < rows.length; ) {
    const [tab, end] = [rows.indexOf("\t", at), rows.indexOf(newline, at) + 1];
    first.push(rows.toString("utf8", at, tab));
    rest.push(rows.subarray(tab + 1, end));
    at = end;
  }
  return { first, rest: Buffer.concat(rest) };
}

function plain(value: string): string {
  return value.replaceAll(/\\(.)/gs, (_, letter: string) => letters[letter] ?? letter);
}
