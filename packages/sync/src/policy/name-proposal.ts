import type { GraphProposal, Proposal } from "./propose/proposal.ts";

/** Where a proposal of a database belongs, for people: `public.people.mail`, `public.people.profile $.note`, `large objects`. */
export function placeOf({ table, column, path }: Pick<Proposal, "table" | "column" | "path">): string {
  if (table === undefined) return "large objects";
  return [column === undefined ? table : `${table}.${column}`, ...(path === undefined ? [] : [path])].join(" ");
}

/** Where a proposal of a graph belongs, for people: `:Person.mail`, `[:KNOWS]`. */
export function placeInGraph({
  element,
  name,
  property,
}: Pick<GraphProposal, "element" | "name" | "property">): string {
  return [element === "node" ? `:${name}` : `[:${name}]`, ...(property === undefined ? [] : [property])].join(".");
}

/** What a proposal is called, over all databases: the words that `--accept` takes. */
export function calledOf(database: string, place: string): string {
  return `${database} ${place}`;
}
