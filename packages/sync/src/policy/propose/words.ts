/** The words of a name, in lower case and without accents: `customerEMail_2` gives customer, e, mail. */
export function wordsOf(name: string): string[] {
  return (
    name
      .normalize("NFKD")
      .replaceAll(/\p{M}/gu, "")
      .replaceAll("ß", "ss")
      .replaceAll(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, " ")
      .toLowerCase()
      .match(/\p{Ll}+|[^\P{L}\p{Ll}]+/gu) ?? []
  );
}
