/** A personal value that a test put into production, and that must not be found in staging. */
export interface Planted {
  /** Where, for people: `app customers.notes`. */
  readonly place: string;
  readonly value: string;
  /** The part of it that nothing else has: what is searched for. */
  readonly trace: string;
}

export type Kind = "email" | "phone" | "name" | "street" | "iban" | "card" | "ip" | "token" | "url";

/** Makes values of which none is like another, the same ones in every run, and remembers where they were planted. */
export class Garden {
  readonly planted: Planted[] = [];
  /** How many are planted in each place. */
  readonly each: number;

  constructor(each: number) {
    this.each = each;
  }

  /** New values for a place. */
  plant(place: string, kind: Kind): string[] {
    const grown = Array.from({ length: this.each }, () => {
      const { value, trace } = makers[kind](this.planted.length + 1);
      this.planted.push({ place, value, trace: trace ?? value });
      return value;
    });
    return grown;
  }

  /** Values for several places: a row for each, by name. */
  plantRows<Name extends string>(where: string, kinds: Readonly<Record<Name, Kind>>): Record<Name, string>[] {
    const names = Object.keys(kinds) as Name[];
    const columns = new Map(names.map((name) => [name, this.plant(`${where} ${name}`, kinds[name])]));
    return Array.from(
      { length: this.each },
      (_, index) => Object.fromEntries(names.map((name) => [name, columns.get(name)?.[index]])) as Record<Name, string>,
    );
  }
}

const makers: Readonly<Record<Kind, (index: number) => { value: string; trace?: string }>> = {
  email: (index) => ({ value: `${word(index)}@post-${index % 7}.test`, trace: word(index) }),
  phone: (index) => ({ value: phones[index % phones.length]?.(digits(index, 8)) ?? "" }),
  // Names are not only of ASCII.
  name: (index) => ({ value: `${capital(word(index))}${index % 3 ? "" : "ć"}`, trace: word(index) }),
  street: (index) => ({ value: `${capital(word(index))}straße ${index % 200}`, trace: word(index) }),
  iban: (index) => ({ value: iban(digits(index, 18)) }),
  card: (index) => ({ value: card(`4${digits(index, 14)}`) }),
  ip: (index) => ({ value: `10.${[0, 1, 2].map((part) => 100 + (Math.floor(index / 100 ** part) % 100)).join(".")}` }),
  token: (index) => ({ value: `sk-live-${word(index)}${digits(index, 12)}`, trace: word(index) }),
  url: (index) => ({ value: `https://${word(index)}.test/about-me`, trace: word(index) }),
};

/** As people write them; all that is left of them without signs has 12 digits or more. */
const phones = [
  (digits: string) => `+49 151 ${digits}`,
  (digits: string) => `0151/${digits}`,
  (digits: string) => `+49-151-${digits.slice(0, 4)}-${digits.slice(4)}`,
];

const syllables = [..."bcdfghjklmnpqrstvwxz"].flatMap((consonant) => [..."aeiou"].map((vowel) => consonant + vowel));

/** Ten letters that look like nothing, different for each index. */
function word(index: number): string {
  return (digits(index, 10).match(/../g) ?? []).map((pair) => syllables[Number(pair)]).join("");
}

/** Digits that look like chance, different for each index. */
function digits(index: number, length: number): string {
  // Ends in 7, and so has no factor in common with a power of ten: no two products are alike.
  const product = BigInt(index) * 736_878_700_123_457_937n;
  return String(product % 10n ** BigInt(length)).padStart(length, "0");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** ISO 13616: country and check digits moved to the end, letters as numbers, are 1 modulo 97. */
function iban(account: string): string {
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${account}`;
}

/** With Luhn's check digit. */
function card(number: string): string {
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${number}${(10 - (sum % 10)) % 10}`;
}
