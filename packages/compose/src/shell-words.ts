/** Splits a command line the way a POSIX shell splits words, without expansions; undefined when a quote is left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    const next = line[index + 1];
    if (quote) {
      if (character === quote) quote = undefined;
      else if (character === "\\" && quote === '"' && next !== undefined && '"\\$`'.includes(next)) {
        word += next;
        index++;
      } else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\") {
      if (next === undefined) return undefined;
      word = (word ?? "") + next;
      index++;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
