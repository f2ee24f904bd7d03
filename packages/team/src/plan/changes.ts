import type { ArchivedDatabase, ArchivedWorkflow, Metadata } from "../archive/metadata.ts";

/** What two people did since the snapshot that both began with. */
export interface Changes {
  /** `database: schema.table`. */
  readonly tables: Sides<string>;
  readonly workflows: Sides<WorkflowChange>;
}

export interface Sides<Change> {
  readonly mine: readonly Change[];
  readonly theirs: readonly Change[];
  /** Changed by both, and not to the same. */
  readonly both: readonly Change[];
}

export interface WorkflowChange {
  readonly id: string;
  readonly name: string;
  /** Null: it is not there. */
  readonly mine: ArchivedWorkflow | null;
  readonly theirs: ArchivedWorkflow | null;
}

export type Side = "mine" | "theirs";
/** How workflows are chosen that both changed. */
export type Preference = Side | "newer";

type State = Pick<Metadata, "databases" | "workflows">;

/** Compare two states with what they have in common. @param common undefined: nothing is known of it, so whatever differs was changed by both. Pure. */
export function changesSince(common: State | undefined, mine: State, theirs: State): Changes {
  const [base, own, other] = [common && tablesOf(common), tablesOf(mine), tablesOf(theirs)];
  const workflows = (state: State) => new Map(state.workflows.map((workflow) => [workflow.id, workflow]));
  const [baseFlows, ownFlows, otherFlows] = [common && workflows(common), workflows(mine), workflows(theirs)];
  const digests = (map: ReadonlyMap<string, ArchivedWorkflow>) =>
    new Map([...map].map(([id, { sha256, active }]) => [id, `${sha256} ${active}`]));
  const describe = (id: string): WorkflowChange => {
    const [here, there] = [ownFlows.get(id) ?? null, otherFlows.get(id) ?? null];
    return { id, name: (there ?? here)?.name ?? id, mine: here, theirs: there };
  };
  const sides = sidesOf(baseFlows && digests(baseFlows), digests(ownFlows), digests(otherFlows));
  return {
    tables: sidesOf(base, own, other),
    workflows: { mine: sides.mine.map(describe), theirs: sides.theirs.map(describe), both: sides.both.map(describe) },
  };
}

/**
 * Whose version of each workflow stays. What one side alone changed is that side's; what both did is the preferred side's.
 * @returns ids of those that stay as they are here; all others are theirs.
 */
export function workflowsToKeep({ workflows }: Changes, prefer: Preference): string[] {
  const chosen = workflows.both.filter((change) => preferredSide(change, prefer) === "mine");
  return [...workflows.mine, ...chosen].map(({ id }) => id).sort();
}

/** Something that is there is newer than nothing. */
function preferredSide({ mine, theirs }: WorkflowChange, prefer: Preference): Side {
  if (prefer !== "newer") return prefer;
  if (!mine || !theirs) return mine ? "mine" : "theirs";
  return Date.parse(mine.updatedAt) > Date.parse(theirs.updatedAt) ? "mine" : "theirs";
}

function sidesOf(
  common: ReadonlyMap<string, string> | undefined,
  mine: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
): Sides<string> {
  const different = [...new Set([...mine.keys(), ...theirs.keys()])]
    .filter((key) => mine.get(key) !== theirs.get(key))
    .sort();
  const of = (wanted: keyof Sides<string>) =>
    different.filter((key) => {
      const byMe = !common || common.get(key) !== mine.get(key);
      const byThem = !common || common.get(key) !== theirs.get(key);
      return wanted === (byMe && byThem ? "both" : byMe ? "mine" : "theirs");
    });
  return { mine: of("mine"), theirs: of("theirs"), both: of("both") };
}

function tablesOf({ databases }: State): Map<string, string> {
  return new Map(databases.flatMap(entriesOf));
}

function entriesOf({ name, tables }: ArchivedDatabase): [string, string][] {
  return tables.map(({ id, rows, together, columns }) => [`${name}: ${id}`, [rows, together, ...columns].join(" ")]);
}
