/** Text as an SQL literal without escapes, so that people can read what is in it. */
export function dollarQuoted(text: string): string {
  for (let number = 1; ; number++) {
    const tag = `$json${number === 1 ? "" : number}$`;
    // Nor may the text's end make a tag with what follows.
    if (!`${text}$`.includes(tag)) return `${tag}${text}${tag}`;
  }
}

/** The text that `dollarQuoted` wrote at a place, and where it ends; undefined when there is none. */
export function readDollarQuoted(
  text: string,
  from: number,
): { readonly inner: string; readonly end: number } | undefined {
  const pattern = /\$json\d*\$/y;
  pattern.lastIndex = from;
  const [tag] = pattern.exec(text) ?? [];
  if (tag === undefined) return undefined;
  const begin = from + tag.length;
  const close = text.indexOf(tag, begin);
  return close < 0 ? undefined : { inner: text.slice(begin, close), end: close + tag.length };
}

/** JSON with a line for each value, so that git shows what changed. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
