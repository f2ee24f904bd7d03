/** What of a person a text may hold, and how it is told from what only looks alike. */
const kinds: readonly {
  readonly kind: string;
  readonly pattern: RegExp;
  readonly isOne: (found: string) => boolean;
}[] = [
  {
    kind: "an e-mail address",
    pattern: /[\p{L}\p{N}_.+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}/gu,
    isOne: (found) => !/@(?:.+\.)?(?:example\.(?:com|org|net)|example|test|invalid|localhost|local)$/i.test(found),
  },
  {
    kind: "a bank account",
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g,
    isOne: hasIbanCheck,
  },
  {
    kind: "a card number",
    pattern: /(?<![\w.])(?:4|5[1-5]|2[2-7]|3[47]|6)\d{2,3}(?:[ -]?\d){11,12}(?![\w.])/g,
    isOne: (found) => hasLuhnCheck(found.replaceAll(/\D/g, "")),
  },
  {
    kind: "a phone number",
    pattern: /(?<![\w+])\+[1-9][\d ()./-]{6,18}\d\b/g,
    isOne: (found) => {
      const digits = found.replaceAll(/\D/g, "").length;
      return digits >= 8 && digits <= 15;
    },
  },
];

/** Details of people in a text. */
export function personalIn(text: string): { readonly kind: string; readonly found: string }[] {
  return kinds.flatMap(({ kind, pattern, isOne }) =>
    [...text.matchAll(pattern)].filter(([found]) => isOne(found)).map(([found]) => ({ kind, found })),
  );
}

/** ISO 13616: the country and the check digits go to the end, letters count from 10. */
function hasIbanCheck(text: string): boolean {
  const account = text.replaceAll(" ", "");
  if (account.length < 15 || account.length > 34) return false;
  const turned = account.slice(4) + account.slice(0, 4);
  let rest = 0;
  for (const digit of [...turned].map((character) => Number.parseInt(character, 36)).join("")) {
    rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812-1. */
function hasLuhnCheck(digits: string): boolean {
  const values = [...digits].toReversed().map((digit, place) => Number(digit) * (place % 2 ? 2 : 1));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}
