import { UserError } from "@understudy/core/light";
import type { Change } from "../packet/change.ts";
import { type Row, sameRow } from "../values/kind.ts";
import { isLater, msOfStamp, type Stamp, type Written } from "./clock.ts";
import { type FieldVersions, mergeFields } from "./merge-fields.ts";

/** A record as the server has it, row included. */
export interface Current extends Written {
  readonly version: number;
  readonly deleted: boolean;
  readonly parked: boolean;
  readonly fields: FieldVersions | null;
  readonly row: Row | null;
}

/** Two writes of a record, neither of which knew of the other. */
export interface Conflict {
  readonly change: Change;
  readonly incoming: Written;
  readonly current: Current;
}

/** Which row stands, and why: one sentence for people. */
export interface Verdict {
  readonly winner: "incoming" | "current";
  /** Stands instead of the winner's, as something of the other is in it. */
  readonly merged?: Row;
  readonly reason: string;
}

/** Decides a conflict; must be pure. "park" leaves it to a person. */
export type Judge = (conflict: Conflict) => Verdict | "park";

export const strategies = ["server-wins", "timestamp-wins", "manual", "merge"] as const;
export type StrategyName = (typeof strategies)[number];
export type Strategy = StrategyName | Judge;

/** @throws UserError for what names none */
export function asStrategy(strategy: Strategy): Strategy {
  if (typeof strategy === "function" || strategies.includes(strategy)) return strategy;
  throw new UserError(`"${strategy}" is no strategy`, { next: `One of ${strategies.join(", ")}, or a function` });
}

/** What the server does with a change. */
export type Decision =
  | { readonly kind: "follow" }
  | { readonly kind: "same" }
  | ({ readonly kind: "conflict"; readonly rule: string } & Verdict)
  | { readonly kind: "park"; readonly reason: string };

/** Compare a change with what the server has. Its base tells whether there is a conflict, never a clock. */
export function decide(change: Change, stamp: Written, current: Current | undefined, strategy: Strategy): Decision {
  if (current?.parked) return { kind: "park", reason: "the record waits for a person already" };
  if (!current) {
    if (change.base_version === 0) return { kind: "follow" };
    const reason = `the record was deleted, and its tombstone purged, after version ${change.base_version}`;
    return { kind: "conflict", rule: "gone", winner: "current", reason };
  }
  if (change.base_version === current.version) return { kind: "follow" };
  if (sameState(change, current)) return { kind: "same" };
  const conflict = { change, incoming: stamp, current };
  const rule = typeof strategy === "string" ? strategy : strategy.name || "function";
  const verdict = (typeof strategy === "string" ? judges[strategy] : strategy)(conflict);
  if (verdict === "park") {
    return { kind: "park", reason: `made on version ${change.base_version}, and the server has ${current.version}` };
  }
  return { kind: "conflict", rule, ...verdict };
}

const judges: Readonly<Record<StrategyName, Judge>> = {
  "server-wins": ({ change, current }) => ({
    winner: "current",
    reason: `made on version ${change.base_version}, and the server has ${current.version}`,
  }),
  "timestamp-wins": ({ incoming, current }) => {
    const wins = isLater(incoming, current);
    return { winner: wins ? "incoming" : "current", reason: compared(incoming, current, wins) };
  },
  manual: () => "park",
  merge: (conflict) => {
    const { change, incoming, current } = conflict;
    if (change.data === null || current.row === null || current.deleted || change.operation === "DELETE") {
      return judges["timestamp-wins"](conflict);
    }
    const wins = isLater(incoming, current);
    const { row, clashes } = mergeFields(change, change.data, current, current.row, wins);
    const told = clashes.length
      ? `both changed ${clashes.join(", ")}: ${compared(incoming, current, wins)}`
      : "they changed different columns";
    return { winner: wins ? "incoming" : "current", merged: row, reason: told };
  },
};

/** Where both are deleted, what is left of the rows does not matter. */
function sameState(change: Change, current: Current): boolean {
  const deleted = change.operation === "DELETE";
  if (deleted !== current.deleted) return false;
  return deleted || sameRow(change.data, current.row);
}

function compared(incoming: Written, current: Written, wins: boolean): string {
  const at = (stamp: Stamp) => new Date(msOfStamp(stamp)).toISOString();
  const tie = incoming.stamp === current.stamp ? ", a tie that node ids decide" : "";
  return `written ${at(incoming.stamp)}, ${wins ? "after" : "before"} the server's ${at(current.stamp)}${tie}`;
}
