/** Nodes of exactly these labels, or relationships of one type. */
export interface Kind {
  readonly element: "node" | "relationship";
  /** Labels in alphabetical order, or the one type. */
  readonly names: readonly string[];
}

/** As a policy names the label of nodes that have none. */
export const noLabel = "(no label)";

/** The names that a policy has rules under for elements of a kind. */
export function policyNames({ names }: Kind): readonly string[] {
  return names.length ? names : [noLabel];
}

/** For people and as a key: `:Customer:Person`, `[:KNOWS]`, `(no label)`. */
export function kindName({ element, names }: Kind): string {
  if (element === "relationship") return `[${labelsOf(names, shown)}]`;
  return names.length ? labelsOf(names, shown) : noLabel;
}

/** For people: `:Person.email`. */
export function placeName(kind: Kind, property: string): string {
  return `${kindName(kind)}.${shown(property)}`;
}

/** Names as a part of a Cypher pattern. */
export function labelsOf(names: readonly string[], quote = quoteName): string {
  return names.map((name) => `:${quote(name)}`).join("");
}

/** A name as Cypher reads it. Cypher 5 replaces `\u0060` by a backtick wherever it stands, so a backslash is written that way too. */
function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\u005c").replaceAll("`", "``")}\``;
}

function shown(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
