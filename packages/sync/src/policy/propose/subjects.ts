import { lexicon, type Subject } from "./lexicon.ts";
import { wordsOf } from "./words.ts";

const phrases = lexicon.flatMap(([subject, list]) =>
  list.split(",").map((phrase) => ({ subject, words: phrase.trim().split(/\s+/) })),
);

/** What a column's or key's name says of its values; undefined: nothing. */
export function subjectOf(name: string): Subject | undefined {
  const words = wordsOf(name);
  const found = phrases.find((phrase) => placeOf(phrase.words, words) !== undefined);
  if (!found) return undefined;
  // The last word says what it is: an `email_status` is a status. A card's number is the card.
  const last = phrases.find(({ words: [only = "", ...more] }) => more.length === 0 && same(words.at(-1) ?? "", only));
  const covered = placeOf(found.words, words) === words.length;
  const formal = last && isHead.has(last.subject) && !(found.subject === "secret" && last.subject === "identifier");
  return formal && !covered ? last.subject : found.subject;
}

const isHead = new Set<Subject>(["identifier", "classifier", "measure", "time"]);

/** Subjects whose values may be kept. */
export const formalSubjects: ReadonlySet<Subject> = new Set([...isHead, "code", "name of something"]);

/** After how many words a phrase ends in a name. */
function placeOf(phrase: readonly string[], words: readonly string[]): number | undefined {
  for (const [start, word] of words.entries()) {
    if (same(word, phrase.join(""))) return start + 1;
    if (phrase.every((part, index) => same(words[start + index] ?? "", part))) return start + phrase.length;
  }
  return undefined;
}

/** One `s` more is the plural. */
function same(word: string, wanted: string): boolean {
  return word === wanted || (wanted.length > 3 && word === `${wanted}s`);
}
