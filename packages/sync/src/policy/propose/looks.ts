import { type Evidence, share, shareInWords } from "./evidence.ts";
import type { Subject } from "./lexicon.ts";
import type { Pattern } from "./patterns.ts";

/** What a sample of values shows them to be. */
export interface Look {
  readonly subject: Subject;
  /** Whether its form alone is enough, whatever the name says. */
  readonly exact: boolean;
  readonly because: string;
}

/** Patterns that say what values are, the surest first, with the part of them that must match. */
const telling: readonly (readonly [pattern: Pattern, subject: Subject, least: number, exact: boolean])[] = [
  ["email", "email", 0.5, true],
  ["iban", "iban", 0.3, true],
  ["card", "card", 0.5, true],
  ["secret", "secret", 0.5, true],
  ["national id", "national id", 0.6, true],
  ["ip", "ip", 0.5, true],
  ["birth date", "birth date", 0.8, false],
  ["phone", "phone", 0.5, false],
  ["address", "address", 0.4, false],
  ["url", "url", 0.5, false],
  ["name", "full name", 0.4, false],
];

const inWords: Readonly<Partial<Record<Subject, string>>> = {
  email: "e-mail addresses",
  iban: "bank accounts with the right check digits",
  card: "card numbers with the right check digit",
  secret: "keys or tokens",
  "national id": "national ids",
  ip: "IP addresses",
  "birth date": "birth dates",
  phone: "phone numbers",
  address: "postal addresses",
  url: "addresses of pages",
  "full name": "names of people",
};

/** What most of some values look like; undefined: nothing personal. */
export function lookOf(evidence: Evidence): Look | undefined {
  const found = telling.find(([pattern, , least]) => share(evidence, pattern) >= least);
  if (!found) return undefined;
  const [pattern, subject, , exact] = found;
  return { subject, exact, because: `${shareInWords(evidence, pattern)} look like ${inWords[subject]}` };
}

/** Text that is something else most of the time and must still be masked: a single value is enough. */
export function lookInside(evidence: Evidence): Omit<Look, "exact"> | undefined {
  const found = inside.find(([pattern]) => share(evidence, pattern) > 0);
  if (!found) return undefined;
  const [pattern, subject] = found;
  return { subject, because: `${shareInWords(evidence, pattern)} have ${pattern.replace(" inside", "")} in them` };
}

/** What free text is scrubbed of comes last. */
const inside = [
  ["secret", "secret"],
  ["national id", "national id"],
  ["iban", "national id"],
  ["card", "national id"],
  ["email inside", "free text"],
  ["phone inside", "free text"],
] as const;
