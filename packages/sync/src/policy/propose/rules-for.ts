import type { MaskRule } from "../policy.ts";
import type { Subject } from "./lexicon.ts";
import { fixed, masked } from "./masks.ts";
import type { ValueRule } from "./proposal.ts";

/** Rules for values of a kind: the best one first, and those for columns that cannot hold it. */
export function rulesFor(subject: Subject): ValueRule[] {
  const own = maskers[subject];
  if (own) return [own, masked("hash"), { kind: "null" }, fixed("")];
  if (subject === "secret" || subject === "sensitive" || subject === "place on earth")
    return [{ kind: "null" }, masked("hash"), fixed("")];
  return [masked("hash"), { kind: "null" }, fixed("")];
}

const maskers: Readonly<Partial<Record<Subject, MaskRule>>> = {
  email: masked("email"),
  phone: masked("phone"),
  "first name": masked("first-name"),
  "last name": masked("last-name"),
  "full name": masked("full-name"),
  address: masked("address"),
  city: masked("city"),
  company: masked("company"),
  ip: masked("ip"),
  url: masked("url"),
  card: masked("card"),
  iban: masked("iban"),
  "birth date": masked("date"),
  "free text": masked("text"),
  income: masked("number"),
};
